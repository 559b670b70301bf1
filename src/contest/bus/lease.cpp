// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/lease.h"

#include <algorithm>
#include <thread>

#include "contest/bus/deed.h"
#include "contest/bus/record.h"
#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMaxLease = std::chrono::hours(1);
constexpr milliseconds kLook{200};  // between two looks at somebody else's beat

std::string node_key(const std::string& node) { return "node." + node; }
std::string agent_key(uint32_t agent) { return "agent." + std::to_string(agent); }

Bytes encode(const NodeRecord& r) {
  return record_bytes({{"deed", r.deed}, {"session", r.session}, {"beat", r.beat}, {"lease_ms", r.lease.count()}});
}
NodeRecord decode_node(const Bytes& value) {
  const Record r = parse_record(value);
  const auto lease = milliseconds(record_number(r, "lease_ms", static_cast<uint64_t>(kMaxLease.count())));
  return {record_text(r, "deed"), record_text(r, "session"), record_number(r, "beat", UINT64_MAX), lease};
}

struct AgentRecord {
  std::string node, deed, session;
};
Bytes encode(const AgentRecord& r) { return record_bytes({{"node", r.node}, {"deed", r.deed}, {"session", r.session}}); }
AgentRecord decode_agent(const Bytes& value) {
  const Record r = parse_record(value);
  return {record_text(r, "node"), record_text(r, "deed"), record_text(r, "session")};
}

milliseconds system_clock_now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}
bool sleep_for(milliseconds wait) {
  std::this_thread::sleep_for(wait);
  return true;
}

}  // namespace

Result<bool> NodeWatch::gone(const std::string& node, const std::string& session) {
  SOTTO_TRY(const auto entry, bus_->get(node_key(node)));
  const std::string running = entry ? decode_node(entry->value).session : "";
  if (running.empty() || (!session.empty() && running != session)) return true;
  return silent(node, *entry);
}

Result<bool> NodeWatch::end(const std::string& node) {
  SOTTO_TRY(const auto entry, bus_->get(node_key(node)));
  NodeRecord record = entry ? decode_node(entry->value) : NodeRecord{};
  if (record.session.empty()) return true;
  if (!silent(node, *entry)) return false;
  record.session.clear();
  SOTTO_TRY(const auto written, bus_->compare_and_set(node_key(node), encode(record), entry->revision));
  return written.has_value();
}

bool NodeWatch::silent(const std::string& node, const KvEntry& entry) {
  Seen& seen = seen_[node];
  if (seen.revision != entry.revision) {
    seen = {entry.revision, clock_()};
    return false;
  }
  return clock_() - seen.since >= decode_node(entry.value).lease;
}

struct Lease::State {
  State(Bus& b, LeaseOptions o, DeedFile d) : bus(b), options(std::move(o)), deed(std::move(d)), watch(b, options.clock) {}

  Status claim_name();
  Status claim_numbers();
  Result<bool> claim_number(uint32_t agent, bool of_gone_nodes);
  Status claim_home();
  Status claim_free();
  Status claim_of_gone_nodes();
  Status regain();
  NodeRecord record() const { return {deed.deed().word, session, beat, options.duration}; }
  bool enough() const { return agents.size() >= options.agents; }
  bool has(uint32_t agent) const { return std::find(agents.begin(), agents.end(), agent) != agents.end(); }

  Bus& bus;
  LeaseOptions options;
  DeedFile deed;
  NodeWatch watch;
  std::string session = random_word();
  uint64_t revision = 0, beat = 0;
  milliseconds renewed{0};  // taken before the last successful beat was sent
  bool lost = false;
  std::vector<uint32_t> agents;  // in the order of the deed, new ones behind
};

// Writes node.NAME with our session. Somebody else's session under our name must run out first.
Status Lease::State::claim_name() {
  const std::string key = node_key(options.node);
  for (;;) {
    SOTTO_TRY(const auto entry, bus.get(key));
    const NodeRecord holder = entry ? decode_node(entry->value) : NodeRecord{};
    // The deed is ours and the folder is locked: the process of that session is dead.
    bool ours = !entry || holder.session.empty() || holder.deed == deed.deed().word;
    if (!ours) {
      SOTTO_TRY(ours, watch.gone(options.node));
    }
    if (ours) {
      const milliseconds now = options.clock();
      SOTTO_TRY(const auto written, bus.compare_and_set(key, encode(record()), entry ? entry->revision : 0));
      if (!written) continue;
      revision = *written, renewed = now;
      return ok_status();
    }
    if (!options.rest(kLook)) return Error{ErrorKind::kInterrupted, "interrupted while waiting for the lease of node " + options.node};
    SOTTO_TRY(const auto later, bus.get(key));
    if (later && later->revision != entry->revision && !decode_node(later->value).session.empty())
      return environment_error("another machine is running as node " + options.node + "; choose another --node");
  }
}

// Takes one number, by compare-and-set, if it is free, ours, or (when asked) a gone node's.
Result<bool> Lease::State::claim_number(uint32_t agent, bool of_gone_nodes) {
  const Bytes ours = encode(AgentRecord{options.node, deed.deed().word, session});
  SOTTO_TRY(const auto entry, bus.get(agent_key(agent)));
  if (entry) {
    const AgentRecord holder = decode_agent(entry->value);
    if (holder.deed != deed.deed().word) {
      if (!of_gone_nodes) return false;
      SOTTO_TRY(const bool ended, watch.end(holder.node));
      if (!ended) return false;
    }
  }
  SOTTO_TRY(const auto written, bus.compare_and_set(agent_key(agent), ours, entry ? entry->revision : 0));
  if (written && !has(agent)) agents.push_back(agent);
  return written.has_value();
}

Status Lease::State::claim_home() {
  for (const uint32_t agent : deed.deed().agents) {
    if (enough()) break;
    if (agent >= options.team_agents) continue;
    SOTTO_TRY([[maybe_unused]] const bool taken, claim_number(agent, false));
  }
  return ok_status();
}

Status Lease::State::claim_free() {
  for (uint32_t agent = 0; agent < options.team_agents && !enough(); ++agent) {
    if (has(agent)) continue;
    SOTTO_TRY([[maybe_unused]] const bool taken, claim_number(agent, false));
  }
  return ok_status();
}

// Looks at the beats of the others until every one that is silent has been so for its whole lease.
Status Lease::State::claim_of_gone_nodes() {
  const milliseconds start = options.clock();
  for (;;) {
    for (uint32_t agent = 0; agent < options.team_agents && !enough(); ++agent) {
      if (has(agent)) continue;
      SOTTO_TRY([[maybe_unused]] const bool taken, claim_number(agent, true));
    }
    if (enough() || options.clock() - start > options.duration + 2 * kLook) return ok_status();
    if (!options.rest(kLook)) return Error{ErrorKind::kInterrupted, "interrupted while waiting for agent numbers"};
    SOTTO_TRY(const auto kept, bus.compare_and_set(node_key(options.node), encode(record()), revision));
    if (!kept) return environment_error("another machine is running as node " + options.node + "; choose another --node");
    revision = *kept, renewed = options.clock();
  }
}

Status Lease::State::claim_numbers() {
  SOTTO_TRY_STATUS(claim_home());
  SOTTO_TRY_STATUS(claim_free());
  if (!enough()) SOTTO_TRY_STATUS(claim_of_gone_nodes());
  if (!enough())
    return environment_error("the team has " + std::to_string(options.team_agents) + " agent numbers, and only " +
                             std::to_string(agents.size()) + " are free for this node's " + std::to_string(options.agents) + " agents");
  // Numbers that this run does not use stay with the folder, too: their songs lie in it.
  std::vector<uint32_t> all = deed.deed().agents;
  for (const uint32_t agent : agents)
    if (std::find(all.begin(), all.end(), agent) == all.end()) all.push_back(agent);
  return deed.remember(std::move(all));
}

// Our session has been ended from outside. Back to work if nobody took a number meanwhile.
Status Lease::State::regain() {
  SOTTO_TRY_STATUS(claim_name());
  for (const uint32_t agent : agents) {
    SOTTO_TRY(const bool taken, claim_number(agent, false));
    if (taken) continue;
    lost = true;
    return rejected("while this node was silent, agent " + std::to_string(agent) + " was given to another node; start this node again");
  }
  return ok_status();
}

Lease::Lease(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lease::Lease(Lease&&) noexcept = default;
Lease::~Lease() = default;
const std::vector<uint32_t>& Lease::agents() const { return state_->agents; }
const std::string& Lease::session() const { return state_->session; }

Result<Lease> Lease::take(Bus& bus, const LeaseOptions& wish) {
  if (!is_word(wish.node)) return usage_error("a node is called by letters, digits, _ and -, not '" + wish.node + "'");
  if (wish.agents < 1 || wish.agents > wish.team_agents) return usage_error("a node runs at least 1 agent and at most those of its team");
  LeaseOptions options = wish;
  options.duration = std::clamp(options.duration, milliseconds(1), kMaxLease);
  if (!options.clock) options.clock = system_clock_now;
  if (!options.rest) options.rest = sleep_for;
  SOTTO_TRY(DeedFile deed, DeedFile::open(options.folder, options.node));
  Lease lease(std::make_unique<State>(bus, std::move(options), std::move(deed)));
  SOTTO_TRY_STATUS(lease.state_->claim_name());
  if (auto done = lease.state_->claim_numbers(); !done.ok()) {
    if (auto back = lease.give_back(); !back.ok()) return back.error();
    return done.error();
  }
  return lease;
}

Status Lease::renew() {
  State& s = *state_;
  if (s.lost) return rejected("agents of this node belong to another one; start it again");
  const milliseconds now = s.options.clock();
  ++s.beat;
  SOTTO_TRY(auto written, s.bus.compare_and_set(node_key(s.options.node), encode(s.record()), s.revision));
  if (!written) {
    SOTTO_TRY(const auto entry, s.bus.get(node_key(s.options.node)));
    const NodeRecord holder = entry ? decode_node(entry->value) : NodeRecord{};
    if (!entry || (holder.session.empty() && holder.deed == s.deed.deed().word)) return s.regain();
    if (holder.session != s.session) {
      s.lost = true;
      return rejected("another machine is running as node " + s.options.node + "; this one must stop");
    }
    written = entry->revision;  // our last beat arrived, its answer did not
  }
  s.revision = *written, s.renewed = now;
  return ok_status();
}

milliseconds Lease::held_until() const { return state_->lost ? milliseconds(0) : state_->renewed + state_->options.duration; }

Status Lease::give_back() {
  State& s = *state_;
  NodeRecord ended = s.record();
  ended.session.clear();
  SOTTO_TRY([[maybe_unused]] const auto written, s.bus.compare_and_set(node_key(s.options.node), encode(ended), s.revision));
  s.renewed = s.options.clock() - s.options.duration;
  return ok_status();
}

}  // namespace sotto::contest
