// SPDX-License-Identifier: Apache-2.0
// A whole run of a swarm: slots, the language model's broker, the prover queue, claims on the chain, and what is told of it all.
// It goes on from its state folder after whatever ended it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "contest/bus/node.h"
#include "contest/llm/broker.h"
#include "contest/swarm/claimer.h"
#include "contest/swarm/events.h"
#include "contest/swarm/lateness.h"
#include "contest/swarm/swarm.h"

namespace sotto::contest {

struct CampaignOptions {
  SwarmOptions swarm;
  std::string judge_digest, isolation;      // for the start event
  uint32_t score_unit = 100;
  std::optional<uint32_t> target;           // without a contest: the run ends when somebody has reached it
  uint32_t max_slots = 0;                   // in all, earlier runs included; 0: without end
  uint64_t seconds = 0;                     // of this run; 0: without end
  // Whoever reaches the target proves it.
  bool proves = false;
  claim::Target claim;
  std::string setup;                        // a setup file; empty: the development setup
  std::function<Status(const AgentProof&)> keep_proof;
  // A contest on a chain: it says what a proof is worth, and proofs are claimed.
  std::unique_ptr<ClaimPort> port;
  ContestNow contest;
  std::optional<AgentProof> kept;           // a proof of an earlier run, to be claimed first
  // A language model.
  std::optional<LlmOptions> llm;
  // A team on several machines; null: this machine is the whole team. swarm.numbers are the node's.
  std::unique_ptr<TeamNode> node;

  FILE* mirror = nullptr;                   // where events go beside the state folder
  std::function<void(const struct CampaignView&)> show;  // twice a second and after every slot
};

// What a board shows.
struct CampaignView {
  const std::vector<Standing>& standings;
  uint32_t slot = 0;
  bool slot_over = false;                   // the scores are new
  bool asked = false;                       // the user wants to know now (SIGUSR1)
  std::optional<uint32_t> target{};
  uint32_t unit = 100;
  double seconds = 0;                       // of this run
  uint64_t songs = 0, new_songs = 0;        // in all; of this run
  std::string prover{}, model{}, yield{};   // one line each, `yield` of the model's songs; empty: nothing to say
};

enum class CampaignEnd { kReached, kElsewhere, kClaimed, kLost, kOver, kTime, kInterrupted };
const char* to_string(CampaignEnd end);

struct CampaignResult {
  CampaignEnd end = CampaignEnd::kOver;
  SummaryEvent summary;
  std::optional<uint32_t> winner;           // who reached the target, or whose proof was claimed
  uint32_t score = 0, slot = 0;             // of that song
  std::vector<HealthEvent> health;          // the first, the last, and some between
  Lateness late;
};

Result<CampaignResult> run_campaign(CampaignOptions options);

}  // namespace sotto::contest
