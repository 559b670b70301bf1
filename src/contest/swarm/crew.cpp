// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/crew.h"

namespace sotto::contest {
namespace {

constexpr unsigned kGraceMs = 300;
constexpr int64_t kFirstDelayMs = 100;

}  // namespace

std::optional<int64_t> RestartBudget::died() {
  good_slots_ = 0;
  if (credits_ == 0) return {};
  return kFirstDelayMs << (2 * (kCredits - credits_--));  // 0.1 s, 0.4 s, 1.6 s, 6.4 s, 25.6 s
}

void RestartBudget::slot_done() {
  if (credits_ == kCredits || ++good_slots_ < kSlotsPerCredit) return;
  good_slots_ = 0;
  ++credits_;
}

std::string agent_folder(const std::string& folder, uint32_t agent) {
  const std::string number = std::to_string(agent);
  return folder + "/agent-" + std::string(number.size() < 2 ? 1 : 0, '0') + number;
}

Crew::Crew(CrewOptions options, SecretKey master, uint32_t agents)
    : options_(std::move(options)), master_(std::move(master)), members_(agents) {}

Crew::~Crew() {
  for (Member& m : members_) m.child.channel = Channel();
  for (Member& m : members_) end_child(m.child, kGraceMs);
}

Status Crew::start(uint32_t agent, uint32_t from_slot) {
  SOTTO_TRY(members_[agent].child, spawn_agent(options_.executable));
  Assignment assignment = options_.assignment;
  const uint32_t number = this->number(agent);
  assignment.agent = number;
  assignment.seed = options_.secret_seed ? agent_seed(master_, options_.seed, number) : options_.seed;
  assignment.folder = agent_folder(options_.folder, number);
  assignment.store_key = agent_key(master_, number).reveal();
  assignment.from_slot = from_slot;
  Bytes message = encode(Order(assignment));
  const Status sent = members_[agent].child.channel.send(message);
  wipe(message.data(), message.size());
  wipe(assignment.store_key.data(), assignment.store_key.size());
  if (!sent.ok()) kill(agent);
  return sent;
}

bool Crew::send(uint32_t agent, const Order& order) const {
  if (!running(agent)) return false;
  const auto sent = members_[agent].child.channel.try_send(encode(order));
  return sent.ok() && *sent;
}

Result<Report> Crew::hear(uint32_t agent) const {
  SOTTO_TRY(const std::optional<Bytes> bytes, members_[agent].child.channel.receive());
  if (!bytes) return environment_error("the process ended");
  if (options_.overhear) options_.overhear(agent, *bytes);
  return decode_report(*bytes);
}

void Crew::kill(uint32_t agent) { end_child(members_[agent].child, 0); }

}  // namespace sotto::contest
