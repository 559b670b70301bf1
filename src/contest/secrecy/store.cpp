// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sotto::contest {

struct Store::Database {
  sqlite3* handle = nullptr;
  ~Database() { sqlite3_close(handle); }

  Error failure(const char* doing) const {
    // The message of SQLite names tables and reasons, never values.
    return environment_error(std::string("song store: ") + doing + ": " + sqlite3_errmsg(handle));
  }
  Status run(const char* sql) {
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure("statement refused");
    return ok_status();
  }
};

namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS identity(seed INTEGER, agent INTEGER, slots INTEGER, tries INTEGER, judge TEXT);"
    "CREATE TABLE IF NOT EXISTS slots(slot INTEGER PRIMARY KEY);"
    "CREATE TABLE IF NOT EXISTS songs(id INTEGER PRIMARY KEY, slot INTEGER NOT NULL REFERENCES slots(slot),"
    " genome TEXT NOT NULL, source TEXT NOT NULL, score INTEGER NOT NULL, instructions INTEGER NOT NULL,"
    " fingerprint INTEGER NOT NULL UNIQUE, brightness INTEGER NOT NULL, motion INTEGER NOT NULL);"
    "PRAGMA user_version = 1;";

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) { ok_ = sqlite3_prepare_v2(db, sql, -1, &s_, nullptr) == SQLITE_OK; }
  ~Statement() { sqlite3_finalize(s_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  bool ok() const { return ok_; }
  Statement& bind(int64_t v) { return sqlite3_bind_int64(s_, ++bound_, v), *this; }
  Statement& bind(const std::string& v) {
    return sqlite3_bind_text(s_, ++bound_, v.data(), static_cast<int>(v.size()), SQLITE_TRANSIENT), *this;
  }
  int step() { return ok_ ? sqlite3_step(s_) : SQLITE_ERROR; }
  bool execute() {
    const bool done = step() == SQLITE_DONE;
    sqlite3_reset(s_);
    bound_ = 0;
    return done;
  }
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

Status make_private_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return environment_error("cannot make folder " + folder + ": " + std::strerror(errno));
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return environment_error(folder + " is not a folder");
  if (chmod(folder.c_str(), 0700) != 0) return environment_error("cannot make " + folder + " private: " + std::strerror(errno));
  return ok_status();
}

// The file exists with its mode before SQLite opens it, and SQLite gives its journal files the same mode.
Status make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return environment_error("cannot open the song store " + path + ": " + std::strerror(errno));
  const bool made = fchmod(fd, 0600) == 0;
  close(fd);
  return made ? ok_status() : Status(environment_error("cannot make " + path + " private"));
}

Status check_identity(sqlite3* db, const StoreIdentity& id) {
  const std::string judge = to_hex(id.judge);
  Statement read(db, "SELECT seed, agent, slots, tries, judge FROM identity");
  const int row = read.step();
  if (row == SQLITE_ROW) {
    const bool same = static_cast<uint64_t>(read.integer(0)) == id.seed && read.integer(1) == id.agent &&
                      read.integer(2) == id.slots && read.integer(3) == id.tries && read.text(4) == judge;
    return same ? ok_status()
                : Status(input_error("this folder holds a search with another seed, size, number of tries or judge; "
                                     "choose another folder or the same settings"));
  }
  if (row != SQLITE_DONE) return environment_error("song store: not a song store");
  Statement write(db, "INSERT INTO identity VALUES(?, ?, ?, ?, ?)");
  write.bind(static_cast<int64_t>(id.seed)).bind(id.agent).bind(id.slots).bind(id.tries).bind(judge);
  return write.execute() ? ok_status() : Status(environment_error("song store: cannot write"));
}

}  // namespace

Store::Store(std::unique_ptr<Database> db) : db_(std::move(db)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::string& folder, const StoreIdentity& identity) {
  SOTTO_TRY_STATUS(make_private_folder(folder));
  const std::string path = folder + "/songs.db";
  SOTTO_TRY_STATUS(make_private_file(path));
  auto db = std::make_unique<Database>();
  if (sqlite3_open_v2(path.c_str(), &db->handle, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) return db->failure("cannot open");
  sqlite3_busy_timeout(db->handle, 5000);
  SOTTO_TRY_STATUS(db->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"));
  SOTTO_TRY_STATUS(db->run(kSchema));
  SOTTO_TRY_STATUS(check_identity(db->handle, identity));
  return Store(std::move(db));
}

Status Store::add(const StoredSlot& slot) {
  SOTTO_TRY_STATUS(db_->run("BEGIN IMMEDIATE"));
  const auto insert = [&] {
    Statement head(db_->handle, "INSERT INTO slots VALUES(?)");
    if (!head.bind(slot.slot).execute()) return false;
    Statement row(db_->handle,
                  "INSERT INTO songs(slot, genome, source, score, instructions, fingerprint, brightness, motion)"
                  " VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    for (const Scored& s : slot.songs) {
      row.bind(slot.slot).bind(encode(s.genome)).bind(to_source(s.genome)).bind(s.score).bind(s.instructions);
      row.bind(static_cast<int64_t>(s.impression.fingerprint)).bind(s.impression.brightness).bind(s.impression.motion);
      if (!row.execute()) return false;
    }
    return true;
  };
  if (insert()) {
    if (auto done = db_->run("COMMIT"); done.ok()) return done;
  }
  const Error error = db_->failure("cannot write a slot");
  (void)db_->run("ROLLBACK").ok();
  return error;
}

Result<std::vector<StoredSlot>> Store::load() const {
  std::vector<StoredSlot> slots;
  Statement heads(db_->handle, "SELECT slot FROM slots ORDER BY slot");
  int row = 0;
  while ((row = heads.step()) == SQLITE_ROW) slots.push_back({static_cast<uint32_t>(heads.integer(0)), {}});
  if (row != SQLITE_DONE) return db_->failure("cannot read");
  for (size_t i = 0; i < slots.size(); ++i)
    if (slots[i].slot != i) return input_error("song store: slots are missing");
  Statement songs(db_->handle, "SELECT slot, genome, score, instructions, fingerprint, brightness, motion FROM songs ORDER BY id");
  while ((row = songs.step()) == SQLITE_ROW) {
    const int64_t slot = songs.integer(0);
    if (slot < 0 || static_cast<size_t>(slot) >= slots.size()) return input_error("song store: a song without a slot");
    SOTTO_TRY(Genome genome, decode_genome(songs.text(1)));
    Scored s{std::move(genome), static_cast<uint32_t>(songs.integer(2)), static_cast<unsigned>(songs.integer(3)), {}};
    s.impression.fingerprint = static_cast<uint64_t>(songs.integer(4));
    s.impression.brightness = static_cast<uint8_t>(songs.integer(5) & 7);
    s.impression.motion = static_cast<uint8_t>(songs.integer(6) & 7);
    slots[static_cast<size_t>(slot)].songs.push_back(std::move(s));
  }
  if (row != SQLITE_DONE) return db_->failure("cannot read");
  return slots;
}

}  // namespace sotto::contest
