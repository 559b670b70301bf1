// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/ledger.h"

#include <sqlite3.h>

#include "contest/secrecy/private_file.h"

namespace sotto::contest {
namespace {

// Exclusive: two brokers on one ledger would each spend the whole cap.
constexpr const char* kSettings =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;";
constexpr const char* kSchema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS spent(agent INTEGER, day TEXT, micros INTEGER NOT NULL, calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL,"
    " tokens_cached INTEGER NOT NULL, tokens_out INTEGER NOT NULL, PRIMARY KEY(agent, day));"
    "CREATE TABLE IF NOT EXISTS reserved(id INTEGER PRIMARY KEY AUTOINCREMENT, agent INTEGER NOT NULL, day TEXT NOT NULL,"
    " micros INTEGER NOT NULL, tokens INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "PRAGMA user_version = 1; COMMIT";
// What a dead process has left behind. Its tokens count as input: the worst case does not tell them apart.
constexpr const char* kSettleTheDead =
    "BEGIN IMMEDIATE;"
    "INSERT INTO spent SELECT agent, day, SUM(micros), COUNT(*), SUM(tokens), 0, 0 FROM reserved WHERE TRUE GROUP BY agent, day"
    " ON CONFLICT(agent, day) DO UPDATE SET micros = micros + excluded.micros, calls = calls + excluded.calls,"
    " tokens_in = tokens_in + excluded.tokens_in;"
    "DELETE FROM reserved; COMMIT";
constexpr const char* kBook =
    "INSERT INTO spent VALUES(?, ?, ?, 1, ?, ?, ?) ON CONFLICT(agent, day) DO UPDATE SET micros = micros + excluded.micros,"
    " calls = calls + 1, tokens_in = tokens_in + excluded.tokens_in, tokens_cached = tokens_cached + excluded.tokens_cached,"
    " tokens_out = tokens_out + excluded.tokens_out";

class Query {
 public:
  Query(sqlite3* db, const char* sql) { ok_ = sqlite3_prepare_v2(db, sql, -1, &s_, nullptr) == SQLITE_OK; }
  ~Query() { sqlite3_finalize(s_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& bind(int64_t v) { return sqlite3_bind_int64(s_, ++bound_, v), *this; }
  Query& bind(const std::string& v) {
    return sqlite3_bind_text(s_, ++bound_, v.data(), static_cast<int>(v.size()), SQLITE_TRANSIENT), *this;
  }
  int step() { return ok_ ? sqlite3_step(s_) : SQLITE_ERROR; }
  int64_t integer(int column) const { return sqlite3_column_int64(s_, column); }
  std::string text(int column) const {
    const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(s_, column));
    return p ? std::string(p, static_cast<size_t>(sqlite3_column_bytes(s_, column))) : std::string();
  }

 private:
  sqlite3_stmt* s_ = nullptr;
  int bound_ = 0;
  bool ok_ = false;
};

void add(LedgerAmount& to, const LedgerAmount& what) {
  to.money += what.money;
  to.tokens += what.tokens;
}

}  // namespace

struct LlmLedger::State {
  struct Open {
    uint32_t agent = 0;
    std::string day;
    LedgerAmount amount;
  };

  ~State() { sqlite3_close(handle); }
  // SQLite's messages name tables and reasons, never values.
  Error failure(const char* doing) const {
    return environment_error(std::string("the LLM's ledger cannot be ") + doing + ": " + sqlite3_errmsg(handle) +
                             "; is there space in the state folder, and does no other swarm use it?");
  }
  Status run(const char* sql, const char* doing) {
    return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? ok_status() : Status(failure(doing));
  }
  Status load();
  std::string refusal(uint32_t agent, const std::string& day, const LedgerAmount& worst, bool& whole) const;
  Status book(int64_t id, const Open& open, Micros charged, const LlmUsage& usage);

  sqlite3* handle = nullptr;
  LlmCaps caps;
  // Mirrors of the file, so that a cap is checked without asking it.
  LedgerTotals totals;
  std::map<std::string, LedgerAmount> days, reserved_days;
  std::map<uint32_t, LedgerAmount> agents, reserved_agents;
  std::map<int64_t, Open> open;
};

LlmLedger::LlmLedger(std::unique_ptr<State> state) : state_(std::move(state)) {}
LlmLedger::LlmLedger(LlmLedger&&) noexcept = default;
LlmLedger& LlmLedger::operator=(LlmLedger&&) noexcept = default;
LlmLedger::~LlmLedger() = default;

Status LlmLedger::State::load() {
  Query rows(handle, "SELECT agent, day, micros, calls, tokens_in, tokens_cached, tokens_out FROM spent");
  int step = rows.step();
  for (; step == SQLITE_ROW; step = rows.step()) {
    const LedgerAmount amount{rows.integer(2), static_cast<uint64_t>(rows.integer(4) + rows.integer(6))};
    add(totals.run, amount);
    add(days[rows.text(1)], amount);
    add(agents[static_cast<uint32_t>(rows.integer(0))], amount);
    totals.calls += static_cast<uint64_t>(rows.integer(3));
    totals.tokens_in += static_cast<uint64_t>(rows.integer(4));
    totals.tokens_cached += static_cast<uint64_t>(rows.integer(5));
    totals.tokens_out += static_cast<uint64_t>(rows.integer(6));
  }
  return step == SQLITE_DONE ? ok_status() : Status(failure("read"));
}

Result<LlmLedger> LlmLedger::open(const std::string& folder, LlmCaps caps) {
  SOTTO_TRY_STATUS(make_private_folder(folder));
  const std::string path = folder + "/llm-ledger.db";
  SOTTO_TRY_STATUS(make_private_file(path));
  auto state = std::make_unique<State>();
  state->caps = caps;
  if (sqlite3_open_v2(path.c_str(), &state->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr) != SQLITE_OK)
    return state->failure("opened");
  for (const char* sql : {kSettings, kSchema, kSettleTheDead}) SOTTO_TRY_STATUS(state->run(sql, "opened"));
  SOTTO_TRY_STATUS(state->load());
  return LlmLedger(std::move(state));
}

std::string LlmLedger::State::refusal(uint32_t agent, const std::string& day, const LedgerAmount& worst, bool& whole) const {
  const auto at = [](const auto& map, const auto& key) {
    const auto it = map.find(key);
    return it == map.end() ? LedgerAmount{} : it->second;
  };
  whole = true;
  const std::string end = " does not cover another call";
  if (totals.run.money + totals.reserved.money + worst.money > caps.run)
    return "the cap of " + usd_short(caps.run) + " for this run" + end + ": raise it with --max-usd";
  if (caps.tokens && totals.run.tokens + totals.reserved.tokens + worst.tokens > caps.tokens)
    return "the cap of " + std::to_string(caps.tokens) + " tokens for this run" + end + ": raise it with --llm-max-tokens";
  if (caps.day && at(days, day).money + at(reserved_days, day).money + worst.money > caps.day)
    return "today's cap of " + usd_short(caps.day) + end + ": raise it with --max-usd-per-day, or wait for midnight UTC";
  whole = false;
  if (caps.agent && at(agents, agent).money + at(reserved_agents, agent).money + worst.money > caps.agent)
    return "the cap of " + usd_short(caps.agent) + " for one agent" + end + ": raise it with --max-usd-per-agent";
  return "";
}

Result<Reservation> LlmLedger::reserve(uint32_t agent, const std::string& day, LedgerAmount worst) {
  Reservation out;
  out.refused = state_->refusal(agent, day, worst, out.whole);
  if (!out.refused.empty()) return out;
  Query insert(state_->handle, "INSERT INTO reserved(agent, day, micros, tokens) VALUES(?, ?, ?, ?)");
  if (insert.bind(agent).bind(day).bind(worst.money).bind(static_cast<int64_t>(worst.tokens)).step() != SQLITE_DONE)
    return state_->failure("written");
  out.id = sqlite3_last_insert_rowid(state_->handle);
  state_->open[out.id] = {agent, day, worst};
  add(state_->totals.reserved, worst);
  add(state_->reserved_days[day], worst);
  add(state_->reserved_agents[agent], worst);
  return out;
}

Status LlmLedger::State::book(int64_t id, const Open& o, Micros charged, const LlmUsage& usage) {
  SOTTO_TRY_STATUS(run("BEGIN IMMEDIATE", "written"));
  Query insert(handle, kBook);
  Query erase(handle, "DELETE FROM reserved WHERE id = ?");
  insert.bind(o.agent).bind(o.day).bind(charged).bind(static_cast<int64_t>(usage.in)).bind(static_cast<int64_t>(usage.cached)).bind(static_cast<int64_t>(usage.out));
  if (insert.step() != SQLITE_DONE || erase.bind(id).step() != SQLITE_DONE) {
    const Error error = failure("written");
    (void)run("ROLLBACK", "written");
    return error;
  }
  return run("COMMIT", "written");
}

Status LlmLedger::settle(int64_t id, Micros charged, const LlmUsage& usage) {
  State& s = *state_;
  const auto it = s.open.find(id);
  SOTTO_CHECK(it != s.open.end());
  const State::Open o = it->second;
  // A ledger that cannot be written keeps the reservation: on the safe side, in memory as in the file.
  SOTTO_TRY_STATUS(s.book(id, o, charged, usage));
  s.open.erase(it);
  for (LedgerAmount* sum : {&s.totals.reserved, &s.reserved_days[o.day], &s.reserved_agents[o.agent]}) {
    sum->money -= o.amount.money;
    sum->tokens -= o.amount.tokens;
  }
  const LedgerAmount amount{charged, usage.in + usage.out};
  add(s.totals.run, amount);
  add(s.days[o.day], amount);
  add(s.agents[o.agent], amount);
  s.totals.calls++;
  s.totals.tokens_in += usage.in;
  s.totals.tokens_cached += usage.cached;
  s.totals.tokens_out += usage.out;
  return ok_status();
}

Status LlmLedger::settle_worst(int64_t id) {
  const auto it = state_->open.find(id);
  SOTTO_CHECK(it != state_->open.end());
  LlmUsage usage;
  usage.in = it->second.amount.tokens;
  return settle(id, it->second.amount.money, usage);
}

LedgerTotals LlmLedger::totals(const std::string& day) const {
  LedgerTotals out = state_->totals;
  const auto it = state_->days.find(day);
  if (it != state_->days.end()) out.day = it->second;
  return out;
}

LedgerAmount LlmLedger::of_agent(uint32_t agent) const {
  const auto it = state_->agents.find(agent);
  return it == state_->agents.end() ? LedgerAmount{} : it->second;
}

std::string LlmLedger::fact(const std::string& name) const {
  Query query(state_->handle, "SELECT value FROM facts WHERE name = ?");
  return query.bind(name).step() == SQLITE_ROW ? query.text(0) : "";
}

Status LlmLedger::set_fact(const std::string& name, const std::string& value) {
  Query query(state_->handle, "INSERT INTO facts VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value");
  return query.bind(name).bind(value).step() == SQLITE_DONE ? ok_status() : Status(state_->failure("written"));
}

}  // namespace sotto::contest
