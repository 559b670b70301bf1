// SPDX-License-Identifier: Apache-2.0
// The private store of one agent: every song it has judged, in order, encrypted. One SQLite file with mode 0600 in a folder with
// mode 0700; one record per slot (record.h), so that after kill -9 a slot is there whole or not at all.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "contest/mind/evolver.h"
#include "contest/secrecy/key.h"

namespace sotto::contest {

// What a store belongs to; opening it for anything else is refused.
struct StoreIdentity {
  uint64_t seed = 0;
  uint32_t agent = 0;
  uint32_t slots = 0;   // size class
  uint32_t tries = 0;   // songs judged per slot
  Bytes32 judge{};      // judge::judge_digest
};

struct StoredSlot {
  uint32_t slot = 0;
  std::vector<Scored> songs;           // in the order of judging
  std::vector<std::string> answers{};  // of a language model, taken in at the start of the slot, in order, as they came
};

class Store {
 public:
  // Makes the folder and the files when they are missing. A process that will be confined calls this before it is, and open()
  // after: a confined process may write to its files, and make none.
  static Status prepare(const std::string& folder);

  // prepare()s, too. Refuses a wrong key, and a store of another search.
  static Result<Store> open(const std::string& folder, const StoreIdentity& identity, SecretKey key);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // Slots come in order, beginning with 0; each is written once. Its answers are the oldest of the kept ones, if there are any:
  // those are forgotten in the same transaction.
  Status add(const StoredSlot& slot);
  // An answer of a language model that no slot has taken in yet: paid for, so it must not be lost.
  Status keep_answer(const std::string& answer);
  // In the order in which they came.
  Result<std::vector<std::string>> kept_answers() const;
  uint32_t slots() const;
  // One slot. Requires slot < slots().
  Result<StoredSlot> read(uint32_t slot) const;
  // Shows every slot in order, one at a time: memory does not grow with the history. Ends early when `visit` fails.
  Status replay(const std::function<Status(const StoredSlot&)>& visit) const;
  // All slots at once: for short histories.
  Result<std::vector<StoredSlot>> load() const;

 private:
  struct Database;
  explicit Store(std::unique_ptr<Database> db);
  std::unique_ptr<Database> db_;
};

}  // namespace sotto::contest
