// SPDX-License-Identifier: Apache-2.0
// The private store of one agent: every song it has judged, in order. One SQLite file with mode 0600 in a folder with mode
// 0700. A slot is written in one transaction: after kill -9 a slot is there whole or not at all.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "contest/mind/evolver.h"

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
  std::vector<Scored> songs;  // in the order of judging
};

class Store {
 public:
  // Makes the folder and the file when they are missing.
  static Result<Store> open(const std::string& folder, const StoreIdentity& identity);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  Status add(const StoredSlot& slot);
  // All slots in order.
  Result<std::vector<StoredSlot>> load() const;

 private:
  struct Database;
  explicit Store(std::unique_ptr<Database> db);
  std::unique_ptr<Database> db_;
};

}  // namespace sotto::contest
