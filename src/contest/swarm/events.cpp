// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/events.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

namespace sotto::contest {
namespace {

using Json = nlohmann::ordered_json;

struct Body {
  uint32_t unit;
  Json json = Json::object();

  double score(uint32_t ticks) const { return static_cast<double>(published_score(ticks, unit)) / unit; }
  template <class T>
  static Json maybe(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
  }

  void operator()(const StartEvent& e) {
    json = {{"event", "start"},
            {"slot", e.slot},
            {"agents", e.agents},
            {"slot_ms", e.slot_ms},
            {"size_class", e.size_class}};
    json["tries"] = e.tries;
    json["cpu_share"] = e.cpu_share;
    json["judge"] = e.judge;
    json["target"] = e.target ? Json(static_cast<double>(*e.target) / unit) : Json(nullptr);
    json["isolation"] = e.isolation;
  }
  void operator()(const SongEvent& e) {
    const Offer& o = e.offer;
    json = {{"event", "song"},         {"agent", o.agent},   {"slot", o.slot},
            {"score", score(o.score)}, {"judged", o.judged}, {"late_ms", o.late_ms}};
  }
  void operator()(const SlotEvent& e) {
    json = {{"event", "slot"},       {"slot", e.slot},     {"alive", e.alive},
            {"best", score(e.best)}, {"leader", e.leader}, {"songs", e.songs}};
  }
  void operator()(const LlmEvent& e) {
    json = {{"event", "llm"},           {"model", e.model},         {"paused", e.paused},
            {"calls", e.calls},         {"answers", e.answers},     {"failures", e.failures},
            {"refused", e.refused},     {"tokens_in", e.tokens_in}, {"tokens_out", e.tokens_out},
            {"proposed", e.yield.proposed}, {"parsed", e.yield.parsed}, {"judged", e.yield.judged}, {"kept", e.yield.kept},
            {"spent_usd", e.spent_usd}, {"cap_usd", e.cap_usd}};
  }
  void operator()(const ProverEvent& e) {
    json = {{"event", "prover"}, {"state", e.state}, {"agent", e.agent}, {"slot", e.slot}, {"score", score(e.score)}};
    if (!e.detail.empty()) json["detail"] = e.detail;
    if (e.state == "progress") json["permille"] = e.permille;
  }
  void operator()(const ClaimEvent& e) {
    json = {{"event", "claim"}, {"state", e.state}, {"agent", e.agent}, {"score", score(e.score)}};
    if (!e.tx.empty()) json["tx"] = e.tx;
    if (!e.detail.empty()) json["detail"] = e.detail;
  }
  void operator()(const RestartEvent& e) {
    json = {{"event", "agent_restart"},
            {"agent", e.agent},
            {"restarts", e.restarts},
            {"given_up", e.given_up},
            {"reason", e.reason}};
  }
  void operator()(const HealthEvent& e) {
    json = {{"event", "health"},
            {"parent_kib", e.parent_kib},
            {"agents_kib", e.agents_kib},
            {"largest_agent_kib", e.largest_agent_kib},
            {"slips", e.slips}};
  }
  void operator()(const SummaryEvent& e) {
    json = {{"event", "summary"},           {"end", e.end},           {"slots", e.slots}, {"songs", e.songs},
            {"unaccounted", e.unaccounted}, {"restarts", e.restarts}, {"slips", e.slips}, {"winner", maybe(e.winner)}};
    json["late_ms"] = {{"p50", e.late_p50}, {"p99", e.late_p99}, {"max", e.late_max}};
    if (!e.spent_usd.empty()) json["spent_usd"] = e.spent_usd;
    Json agents = Json::array();
    for (const Standing& s : e.standings)
      agents.push_back({{"agent", s.agent}, {"best", score(s.best)}, {"best_slot", s.best_slot}, {"songs", s.songs},
                        {"restarts", s.restarts}, {"alive", s.alive}});
    json["agents"] = std::move(agents);
  }
};

// RFC 3339 with milliseconds.
std::string time_text(int64_t at_ms) {
  const auto seconds = static_cast<std::time_t>(at_ms / 1000);
  std::tm utc{};
  char text[32] = "", whole[40] = "";
  if (gmtime_r(&seconds, &utc)) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(whole, sizeof whole, "%s.%03dZ", text, static_cast<int>(at_ms % 1000));
  return whole;
}

int64_t unix_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

std::string event_line(const Event& event, uint64_t seq, int64_t at_ms, uint32_t score_unit) {
  Body body{score_unit};
  std::visit(body, event);
  Json line = {{"schema", kEventSchema}, {"seq", seq}, {"at", time_text(at_ms)}};
  line.update(body.json);
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<EventLog> EventLog::open(const std::string& path, uint32_t agents, uint32_t score_unit, FILE* mirror) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  FILE* file = fd < 0 ? nullptr : fdopen(fd, "r+");
  if (!file) {
    const Error error = environment_error("cannot open " + path + ": " + std::strerror(errno));
    if (fd >= 0) close(fd);
    return error;
  }
  EventLog log(path, file, agents, score_unit, mirror);
  SOTTO_TRY_STATUS(log.read_back());
  return log;
}

// What earlier runs have told. Lines that are not ours are refused: the log would be no account of the songs any more.
Status EventLog::read_back() {
  char* text = nullptr;
  size_t room = 0;
  long end = 0;
  Status done = ok_status();
  for (ssize_t n; (n = getline(&text, &room, file_.get())) > 0 && text[n - 1] == '\n'; end = std::ftell(file_.get())) {
    const Json line = Json::parse(text, text + n, nullptr, false);
    if (!line.is_object() || line.value("schema", 0) != kEventSchema || !line.contains("seq")) {
      done = input_error(path_ + " is no event log of this version of sotto; move it away, the stores hold everything");
      break;
    }
    seq_ = line.value("seq", seq_) + 1;
    const std::string kind = line.value("event", "");
    const uint32_t slot = line.value("slot", 0u), agent = line.value("agent", 0u);
    if (kind == "song" && agent < told_.size()) told_[agent] = slot + 1;
    if (kind == "slot") slots_ = slot + 1;
  }
  std::free(text);
  if (!done.ok()) return done;
  if (ftruncate(fileno(file_.get()), end) != 0 || std::fseek(file_.get(), end, SEEK_SET) != 0)
    return environment_error("cannot write " + path_ + ": " + std::strerror(errno));
  return ok_status();
}

void EventLog::write(const Event& event) {
  if (const auto* song = std::get_if<SongEvent>(&event)) {
    uint32_t& told = told_[song->offer.agent];
    if (song->offer.slot < told) return;
    told = song->offer.slot + 1;
  } else if (const auto* slot = std::get_if<SlotEvent>(&event)) {
    if (slot->slot < slots_) return;
    slots_ = slot->slot + 1;
  }
  const std::string line = event_line(event, seq_++, unix_ms(), unit_) + '\n';
  const auto put = [&](FILE* out) {
    return std::fwrite(line.data(), 1, line.size(), out) == line.size() && std::fflush(out) == 0;
  };
  failed_ |= !put(file_.get());
  if (mirror_ && !put(mirror_)) mirror_ = nullptr;  // whoever listened has gone; the run goes on
}

Status EventLog::status() const {
  return failed_ ? Status(environment_error("cannot write " + path_ + ": is the disk full?")) : ok_status();
}

}  // namespace sotto::contest
