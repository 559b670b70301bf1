// SPDX-License-Identifier: Apache-2.0
// Keys of the private stores. One master key per state folder, in the parent's memory only; from it one key per agent, handed
// down with the agent's assignment. No agent can compute another's.
#pragma once
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace sotto::contest {

// 32 secret bytes: locked in memory where the system lets us, kept out of core dumps, wiped at the end. Moves, does not copy.
class SecretKey {
 public:
  static SecretKey random();
  // Takes the bytes over: `from` is wiped.
  static SecretKey take(Bytes32& from);
  SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) { other.bytes_ = nullptr; }
  SecretKey& operator=(SecretKey&& other) noexcept;
  ~SecretKey();

  const uint8_t* data() const { return bytes_; }
  static constexpr size_t kSize = 32;
  // A plain copy, for a message to the agent that owns the key. Wipe it after use.
  Bytes32 reveal() const;

 private:
  SecretKey();
  uint8_t* bytes_ = nullptr;  // in guarded memory of its own
};

// Overwrites bytes in a way that no compiler removes.
void wipe(void* bytes, size_t size);

// The key file of a state folder: folder/master.key, 32 bytes, mode 0600; made at the first start.
Result<SecretKey> open_master_key(const std::string& state_folder);

// Instead of a key file: the key is computed from a passphrase, the first line of `passphrase_file` (mode 0600),
// by Argon2id. The folder keeps salt, cost and a check value (folder/master.salt), which notices a wrong passphrase. The file may
// be removed after the start.
struct PassphraseCost {  // of the first start; later starts read it from the folder
  uint64_t operations = 3, memory = uint64_t{256} << 20;
};
Result<SecretKey> master_key_from_passphrase(const std::string& state_folder, const std::string& passphrase_file,
                                             const PassphraseCost& cost = {});

// The key of one agent's store.
SecretKey agent_key(const SecretKey& master, uint32_t agent);

// The seed of one agent's search. The run's own seed must stay with the parent: whoever knows it can repeat the search of every
// agent. This one tells an agent nothing about the others' seeds. (It is a function of the state folder, too: a run is repeated
// with the same master key.)
uint64_t agent_seed(const SecretKey& master, uint64_t run_seed, uint32_t agent);

}  // namespace sotto::contest
