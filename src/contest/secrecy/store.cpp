// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/store.h"

#include <sqlite3.h>

#include <algorithm>

#include "contest/secrecy/private_file.h"
#include "contest/secrecy/record.h"

namespace sotto::contest {
namespace {

constexpr int kVersion = 3;  // 1 was not encrypted; 2 knew no kinds and sketches
constexpr const char* kSchema =
    "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS records(number INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "PRAGMA user_version = 3; COMMIT";
// Exclusive: no shared-memory file, and nobody else opens the store meanwhile. Small caches: agents are many.
constexpr const char* kSettings =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;";

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { ok_ = sqlite3_prepare_v2(db, sql, -1, &s_, nullptr) == SQLITE_OK; }
  ~Statement() { sqlite3_finalize(s_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& bind(int64_t v) { return sqlite3_bind_int64(s_, ++bound_, v), *this; }
  // The bytes must live until the statement has run.
  Statement& bind(ByteSpan v) { return sqlite3_bind_blob(s_, ++bound_, v.data(), static_cast<int>(v.size()), SQLITE_STATIC), *this; }
  int step() { return ok_ ? sqlite3_step(s_) : SQLITE_ERROR; }
  int64_t integer(int column) const { return sqlite3_column_int64(s_, column); }
  ByteSpan blob(int column) const {
    const auto* p = static_cast<const uint8_t*>(sqlite3_column_blob(s_, column));
    return {p, p ? static_cast<size_t>(sqlite3_column_bytes(s_, column)) : 0};
  }

 private:
  sqlite3_stmt* s_ = nullptr;
  int bound_ = 0;
  bool ok_ = false;
};

std::string file_of(const std::string& folder) { return folder + "/songs.db"; }

}  // namespace

struct Store::Database {
  Database(StoreIdentity i, SecretKey k) : identity(i), key(std::move(k)) {}
  ~Database() { sqlite3_close(handle); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The message of SQLite names tables and reasons, never values.
  Error failure(const char* doing) const {
    return environment_error(std::string("song store: ") + doing + ": " + sqlite3_errmsg(handle));
  }
  Status run(const char* sql) {
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure("not a song store, or in use");
    return ok_status();
  }
  Status connect(const std::string& folder);
  Status check_identity();
  Status count();
  Status write(int64_t number, Bytes plain);
  Status forget_answers(size_t oldest);
  // Shows the records from `first` to `last`, decrypted.
  Status each(int64_t first, int64_t last, const std::function<Status(int64_t number, ByteSpan plain)>& visit) const;

  sqlite3* handle = nullptr;
  StoreIdentity identity;
  SecretKey key;
  uint32_t slots = 0;
};

Status Store::Database::connect(const std::string& folder) {
  const std::string path = file_of(folder);
  if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr) != SQLITE_OK)
    return failure("cannot open");
  sqlite3_busy_timeout(handle, 5000);
  int persist = 1;  // the write-ahead file stays when the store is closed, for a process that could not make it anew
  sqlite3_file_control(handle, nullptr, SQLITE_FCNTL_PERSIST_WAL, &persist);
  SOTTO_TRY_STATUS(run(kSettings));
  Statement version(handle, "PRAGMA user_version");
  if (version.step() != SQLITE_ROW) return failure("cannot read");
  const int64_t found = version.integer(0);
  if (found != 0 && found != kVersion)
    return input_error("song store: " + path + " was written by another version of sotto; choose another folder");
  if (found == kVersion) return ok_status();
  return run(kSchema);
}

Status Store::Database::write(int64_t number, Bytes plain) {
  const Bytes record = seal(key, place_of(identity, number), std::move(plain));
  Statement insert(handle, "INSERT INTO records VALUES(?, ?)");
  return insert.bind(number).bind(record).step() == SQLITE_DONE ? ok_status() : Status(failure("cannot write"));
}

Status Store::Database::forget_answers(size_t oldest) {
  Statement remove(handle, "DELETE FROM records WHERE number IN (SELECT number FROM records WHERE number < ? ORDER BY number DESC LIMIT ?)");
  return remove.bind(kIdentityRecord).bind(static_cast<int64_t>(oldest)).step() == SQLITE_DONE ? ok_status()
                                                                                            : Status(failure("cannot write"));
}

Status Store::Database::each(int64_t first, int64_t last, const std::function<Status(int64_t, ByteSpan)>& visit) const {
  Statement rows(handle, "SELECT number, record FROM records WHERE number BETWEEN ? AND ? ORDER BY number");
  rows.bind(first).bind(last);
  int row = 0;
  while ((row = rows.step()) == SQLITE_ROW) {
    const int64_t number = rows.integer(0);
    const auto plain = unseal(key, place_of(identity, number), rows.blob(1));
    if (!plain) return input_error("song store: record " + std::to_string(number) + ": " + plain.error().message);
    SOTTO_TRY_STATUS(visit(number, *plain));
  }
  return row == SQLITE_DONE ? ok_status() : Status(failure("cannot read"));
}

Status Store::Database::check_identity() {
  const Bytes want = encode_identity(identity);
  bool found = false, same = false;
  SOTTO_TRY_STATUS(each(kIdentityRecord, kIdentityRecord, [&](int64_t, ByteSpan plain) {
    found = true;
    same = std::equal(plain.begin(), plain.end(), want.begin(), want.end());
    return ok_status();
  }));
  if (!found) {
    // Only an empty store gets an identity; elsewhere a missing one is damage, which count() reports.
    Statement any(handle, "SELECT 1 FROM records LIMIT 1");
    return any.step() == SQLITE_DONE ? write(kIdentityRecord, want) : ok_status();
  }
  if (same) return ok_status();
  return input_error("this folder holds a search with another seed, size, number of tries or judge; choose another folder or the "
                     "same settings");
}

// Numbers must be -1, 0, 1, ... without a gap. Below them are the answers that no slot has taken in yet.
Status Store::Database::count() {
  Statement rows(handle, "SELECT count(*), max(number), min(number) FROM records WHERE number >= -1");
  if (rows.step() != SQLITE_ROW) return failure("cannot read");
  const int64_t records = rows.integer(0), highest = rows.integer(1);
  if (rows.integer(2) != kIdentityRecord || highest != records - 2 || highest >= INT32_MAX)
    return input_error("song store: slots are missing; the file is damaged");
  slots = static_cast<uint32_t>(records - 1);
  return ok_status();
}

Store::Store(std::unique_ptr<Database> db) : db_(std::move(db)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Status Store::prepare(const std::string& folder) {
  SOTTO_TRY_STATUS(make_private_folder(folder));
  SOTTO_TRY_STATUS(make_private_file(file_of(folder)));
  return Database({}, SecretKey::random()).connect(folder);
}

Result<Store> Store::open(const std::string& folder, const StoreIdentity& identity, SecretKey key) {
  SOTTO_TRY_STATUS(prepare(folder));
  auto db = std::make_unique<Database>(identity, std::move(key));
  SOTTO_TRY_STATUS(db->connect(folder));
  SOTTO_TRY_STATUS(db->check_identity());
  SOTTO_TRY_STATUS(db->count());
  return Store(std::move(db));
}

Status Store::add(const StoredSlot& slot) {
  if (slot.slot != db_->slots) return usage_error("song store: slots come in order, and each is written once");
  SOTTO_TRY_STATUS(db_->run("BEGIN IMMEDIATE"));
  Status done = db_->write(slot.slot, encode_slot(slot));
  if (done.ok() && !slot.answers.empty()) done = db_->forget_answers(slot.answers.size());
  if (done.ok()) done = db_->run("COMMIT");
  if (!done.ok()) {
    (void)db_->run("ROLLBACK").ok();
    return done;
  }
  ++db_->slots;
  return ok_status();
}

Status Store::keep_answer(const std::string& answer) {
  Statement lowest(db_->handle, "SELECT min(number) FROM records");
  if (lowest.step() != SQLITE_ROW) return db_->failure("cannot read");
  return db_->write(std::min(kIdentityRecord, lowest.integer(0)) - 1, Bytes(answer.begin(), answer.end()));
}

Result<std::vector<std::string>> Store::kept_answers() const {
  std::vector<std::string> answers;
  SOTTO_TRY_STATUS(db_->each(INT64_MIN, kIdentityRecord - 1, [&](int64_t, ByteSpan plain) {
    answers.emplace_back(plain.begin(), plain.end());
    return ok_status();
  }));
  std::reverse(answers.begin(), answers.end());  // the oldest has the highest number
  return answers;
}

uint32_t Store::slots() const { return db_->slots; }

Result<StoredSlot> Store::read(uint32_t slot) const {
  SOTTO_CHECK(slot < db_->slots);
  Result<StoredSlot> out = input_error("song store: slot " + std::to_string(slot) + " is missing");
  SOTTO_TRY_STATUS(db_->each(slot, slot, [&](int64_t, ByteSpan plain) {
    out = decode_slot(slot, plain);
    return ok_status();
  }));
  return out;
}

Status Store::replay(const std::function<Status(const StoredSlot&)>& visit) const {
  return db_->each(0, int64_t{db_->slots} - 1, [&](int64_t number, ByteSpan plain) -> Status {
    SOTTO_TRY(const StoredSlot slot, decode_slot(static_cast<uint32_t>(number), plain));
    return visit(slot);
  });
}

Result<std::vector<StoredSlot>> Store::load() const {
  std::vector<StoredSlot> slots;
  SOTTO_TRY_STATUS(replay([&](const StoredSlot& slot) {
    slots.push_back(slot);
    return ok_status();
  }));
  return slots;
}

}  // namespace sotto::contest
