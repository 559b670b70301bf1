// SPDX-License-Identifier: Apache-2.0
// What a run tells the world: one JSON object per line (docs/swarm.md lists the kinds). Kept in STATE/events.jsonl; `--json`
// prints the same lines. No event has room for a song: scores are rounded, and reasons name no source.
#pragma once
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "contest/swarm/swarm.h"

namespace sotto::contest {

inline constexpr int kEventSchema = 1;

// What may be told of a score while its song is a secret: rounded down to a twentieth of a point. The judge is public, so an
// exact score is a check value for guessing songs and a gradient for imitators.
constexpr uint32_t published_score(uint32_t score, uint32_t unit) {
  const uint32_t step = unit >= 20 ? unit / 20 : 1;
  return score - score % step;
}

struct StartEvent {
  uint32_t agents = 0, slot_ms = 0, size_class = 0;
  uint32_t tries = 0;
  bool cpu_share = false;            // tries is only a limit
  std::string judge;                 // digest
  std::optional<uint32_t> target;
  uint32_t slot = 0;                 // the first that is played now
  std::string isolation;             // what holds the agents, and what does not
};
struct SongEvent {                   // one agent's best new song in one slot
  Offer offer;
};
struct SlotEvent {                   // a slot is over
  uint32_t slot = 0, alive = 0;
  uint32_t best = 0, leader = 0;
  uint64_t songs = 0;
};
struct LlmEvent {
  std::string model, paused;
  uint64_t calls = 0, answers = 0, failures = 0, refused = 0, tokens_in = 0, tokens_out = 0;
  AgentYield yield{};                // of all agents, earlier runs included
  std::string spent_usd, cap_usd;    // decimal; empty for a model without a price
};
struct ProverEvent {
  std::string state;                 // queued started progress done failed stopped
  uint32_t agent = 0, slot = 0, score = 0;
  std::string detail;                // stage, or why
  uint32_t permille = 0;
};
struct ClaimEvent {
  std::string state;                 // sent accepted refused settled contest
  uint32_t agent = 0, score = 0;
  std::string tx, detail;
};
struct RestartEvent {
  uint32_t agent = 0, restarts = 0;
  bool given_up = false;
  std::string reason;
};
struct HealthEvent {                 // resident memory
  uint64_t parent_kib = 0, agents_kib = 0, largest_agent_kib = 0;
  uint64_t slips = 0;
};
struct SummaryEvent {
  std::string end;                   // reached, claimed, over, time, interrupted, failed
  uint32_t slots = 0;
  uint64_t songs = 0, unaccounted = 0, restarts = 0, slips = 0;
  std::optional<uint32_t> winner;
  std::vector<Standing> standings;
  uint32_t late_p50 = 0, late_p99 = 0, late_max = 0;  // ms, of the songs offered since this program started
  std::string spent_usd;
};
using Event = std::variant<StartEvent, SongEvent, SlotEvent, LlmEvent, ProverEvent, ClaimEvent, RestartEvent,
                           HealthEvent, SummaryEvent>;

// Without the line's end. at_ms: Unix time.
std::string event_line(const Event& event, uint64_t seq, int64_t at_ms, uint32_t score_unit);

// Appends events to a file and, if wanted, to a stream.
class EventLog {
 public:
  // Opens or makes the file (mode 0600). A last line that was torn by a crash is cut off.
  static Result<EventLog> open(const std::string& path, uint32_t agents, uint32_t score_unit, FILE* mirror);

  // Per agent: its slots before this one are in the file.
  const std::vector<uint32_t>& told() const { return told_; }
  // Slots that are in the file.
  uint32_t slots() const { return slots_; }

  // Songs and slots that are in the file already are not written again.
  void write(const Event& event);
  // Whether everything has reached the file.
  Status status() const;

 private:
  struct Closer {
    void operator()(FILE* file) const { std::fclose(file); }
  };
  EventLog(std::string path, FILE* file, uint32_t agents, uint32_t unit, FILE* mirror)
      : path_(std::move(path)), file_(file), told_(agents), unit_(unit), mirror_(mirror) {}
  Status read_back();

  std::string path_;
  std::unique_ptr<FILE, Closer> file_;
  std::vector<uint32_t> told_;
  uint32_t slots_ = 0;
  uint32_t unit_;
  FILE* mirror_;
  uint64_t seq_ = 0;
  bool failed_ = false;
};

}  // namespace sotto::contest
