// SPDX-License-Identifier: Apache-2.0
// A statement of toy size: 4-bit limbs, 16-bit words, N = 2^14. It is the production code with a smaller Shape, so a proof takes a
// fraction of a second and an attack can be tried many times.
#pragma once
#include <random>

#include "claim/prover/prover_state.h"
#include "claim/verifier/verify.h"
#include "judge/net/random_network.h"
#include "sound/bytebeat/random_program.h"

namespace sotto::toy {

inline judge::Network network(uint64_t seed = 1, uint32_t samples = 203) {
  judge::RandomShape shape;
  shape.samples = samples;
  return judge::random_network(shape, seed);
}

// Constants and table entries cut to 16-bit words.
inline sound::Program program(uint64_t seed = 1, unsigned instructions = 15) {
  std::mt19937_64 random(seed);
  sound::Program p = sound::random_program(random, instructions);
  for (auto* list : {&p.constants, &p.table})
    for (uint32_t& v : *list) v = (v & 0xffff) ^ (v >> 16);
  if (p.table.size() > 16) p.table.resize(16);
  return p;
}

inline std::shared_ptr<const claim::ProvingKey> key(uint64_t network_seed = 1, uint32_t samples = 203) {
  const judge::Network net = network(network_seed, samples);
  const unsigned log_size = claim::required_log_size(net, 16).value();
  static const auto srs = std::make_shared<const zk::Srs>(zk::make_development_srs(log_size));
  return claim::make_proving_key(net, 16, srs).value();
}

inline claim::Target target() {
  claim::Target t;
  t.chain_id = 42161;
  t.contract.fill(0x11);
  t.contest_id[31] = 7;
  t.beneficiary.fill(0x22);
  return t;
}

// One proof with hooks; masks from the system.
inline claim::Proven prove(const claim::ProvingKey& key, const sound::Program& p, const claim::ProverHooks& hooks = {}) {
  claim::MaskSource masks({}, {});
  return claim::prove_with(key, p, target(), {}, masks, hooks).value();
}

}  // namespace sotto::toy
