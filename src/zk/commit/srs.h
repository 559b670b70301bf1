// SPDX-License-Identifier: Apache-2.0
// The universal setup: powers of tau [tau^i]_1 and [1]_2, [tau]_2, [tau^1024]_2 over BN254.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"
#include "zk/curve/g1.h"
#include "zk/curve/pairing.h"

namespace sotto::zk {

constexpr unsigned kMaxLogSize = 28;  // the 2-adicity of r - 1 and the largest public ceremony
constexpr unsigned kFoldBits = 10;    // an opening folds the rows 2^kFoldBits at a time (opening.h)

// What a verifier needs of the setup.
struct PowersG2 {
  G2Affine tau, fold;  // [tau]_2, [tau^(2^kFoldBits)]_2
  Bytes to_bytes() const;  // 256 bytes, each point as EIP-197 has it
  friend bool operator==(const PowersG2&, const PowersG2&) = default;
};

struct Srs {
  std::vector<G1Affine> g1;  // [tau^i]_1, i < 2^log_size
  PowersG2 g2;
  bool development = false;  // tau is known: forgeries are possible; refused by anything that touches a real network
  Bytes32 digest{};          // keccak256 of (development flag, [tau]_1, powers in G2): names the setup whatever its length
  unsigned log_size() const;
};

// The digest field of a setup, from its other fields.
Bytes32 srs_digest(const Srs& srs);

// A development setup with the publicly known trapdoor tau = keccak256(seed) mod r.
Srs make_development_srs(unsigned log_size, std::string_view seed = "sotto development setup");
// The trapdoor of the development setup, for tests that forge.
Fr development_tau(std::string_view seed = "sotto development setup");

// Our own cached format: header, points, checksums against damage. Errors name what is wrong. read_srs takes the
// first 2^log_size powers of a file that may hold more, and trusts that they are powers: check_srs is for files of strangers.
Status write_srs(const Srs& srs, const std::string& path);
Result<Srs> read_srs(const std::string& path, unsigned log_size);
// Reads the development setup from the cache directory (SOTTO_CACHE, else ~/.cache/sotto), making it when it is not there.
// A damaged cache file is rebuilt.
Result<Srs> cached_development_srs(unsigned log_size);
// That directory; empty when there is neither.
std::string development_cache();

// A snarkjs phase-1 *.ptau file of more than 2^kFoldBits powers: reads sections tauG1 and tauG2, checks that points are on the curve and in the subgroup,
// that consecutive powers have ratio tau (one random linear combination, two pairing checks), and that tau is not degenerate
// ([tau]_1 is neither infinity nor the generator, tau^(2^28) != 1). The development setup and test ceremonies that are known
// to be unsafe come back with development = true.
Result<Srs> read_ptau(const std::string& path, unsigned log_size);
// All checks of read_ptau on any setup of more than 2^kFoldBits points.
Status check_srs(const Srs& srs);

}  // namespace sotto::zk
