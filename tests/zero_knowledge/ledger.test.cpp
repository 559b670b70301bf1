// SPDX-License-Identifier: Apache-2.0
// The error of every step of the proof, computed from the shapes that are shipped (docs/protocol.md, section 10; for networks
// docs/network-proof.md), and the sizes that the documents quote. Bits are -log2 of a probability for one try of the adversary; hashing multiplies it by the number of tries.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "claim/network/examples.h"
#include "claim/network/statement.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "judge/net/random_network.h"
#include "support/toy.h"
#include "zk/commit/opening.h"
#include "zk/commit/srs.h"

namespace sotto {
namespace {

using claim::Layout;
using claim::Shape;

const double kFieldBits = 253.597;  // log2 r

struct Step {
  const char* name;
  double degree;  // error = degree / r
};

Shape shape_of(unsigned slots) {
  static const judge::Network net = judge::random_network({16, 8, 80000, 8, 256, 48, {40, 40, 40}}, 1);
  return claim::make_shape(net, slots).value();
}

// Fingerprints on both sides of the lookups.
double lookups(const Shape& s, const Layout& l) {
  double rows = double(s.frames) * s.bands * 6 + 5;
  for (const auto& c : s.conv) rows += double(c.out_frames) * c.out_channels * 5;
  return double(s.slots()) * s.samples * 9 + rows + double(l.tables_end - l.tables_at) + (1u << s.limb_bits);
}

// Of the opening: `combined` columns and claims at one point of n variables. What is committed has degree below
// max_degree.
//   Coefficients above N: their fold vanishes at the low coordinates of x* (protocol.md, section 9).
//   alpha: the fold of the rows as a polynomial in Y = X^B.
//   zeta: the inner products and d(X) = X^(B-1) g(1/X) between X^-max_degree and X^max_degree.
//   z: p - r = Z v.
void add_opening(std::vector<Step>& steps, double combined, unsigned n, double kappa_degree) {
  const double max_degree = std::pow(2.0, zk::kMaxLogSize);  // coefficients that a public ceremony allows
  steps.insert(steps.end(), {{"reduction: x*", 2.0 * n},
                             {"opening: kappa", kappa_degree},
                             {"opening: coefficients above N", combined + zk::kFoldBits},
                             {"opening: alpha", std::ldexp(max_degree, -static_cast<int>(zk::kFoldBits))},
                             {"opening: gamma, delta", 2},
                             {"opening: zeta", 2 * max_degree},
                             {"opening: nu, z", 3 + max_degree + 1}});
}

std::vector<Step> soundness(const Shape& s, const Layout& l) {
  const double n = l.log_n, claims = double(claim_count(s));
  double points = 2 * (s.slot_bits + s.sample_bits) + 1 + 4 * s.slot_bits + 2 * s.source_bits;  // operands, folds, one-hot sums
  points += s.frame_bits + s.dft_bits + s.frame_bits + s.band_bits;
  for (const auto& c : s.conv) points += c.out_frame_bits + c.out_channel_bits;
  std::vector<Step> steps = {{"lookups: gamma, beta", 2 * 5 * lookups(s, l)},
          {"relations: their points", points},
          {"constraints: alpha, tau", term_count(s) - 1 + n},
          {"sumcheck mask: rho", 1},
          {"main sumcheck: u", claim::kDegree * n},
          {"batching: lambda, mu", std::max<double>(claim::kEvaluatedColumns, 1 + claims)}};
  add_opening(steps, claim::kColumnCount, l.log_n, 3);
  return steps;
}

// Every row looks up four digits and one function; a fingerprint has degree 2 in beta and 1 in gamma.
std::vector<Step> soundness(const claim::network::Circuit& c) {
  const double n = c.log_n, matrices = double((proof_sizes(c).evaluations / 32) - evaluated_columns(c));
  std::vector<Step> steps = {{"lookups: gamma, beta", 2 * 2 * (5.0 * c.data_rows + c.table_rows)},
                             {"relations: their points", double(c.relations.size() * c.points())},
                             {"constraints: alpha, tau", double(power_count(c)) - 1 + n},
                             {"sumcheck mask: rho", 1},
                             {"main sumcheck: u", claim::network::kDegree * n},
                             {"batching: lambda, mu", std::max<double>(evaluated_columns(c), 1 + matrices)}};
  add_opening(steps, c.columns(), c.log_n, 2);
  return steps;
}

// Challenges under which masks do not cover: a singular pair of mask rows in some column, or a minor of the mask matrix that is
// zero. A minor of size m has degree at most m times the degree of an entry, which is below 16 N in every challenge and tau.
std::vector<Step> zero_knowledge(const Layout& l) {
  const double rows = 6 * l.log_n + 2 * l.log_n + 100;
  return {{"mask rows", double(claim::kColumnCount) * l.log_n}, {"rank of the masks", rows * 16 * double(l.rows())}};
}

double bits(const std::vector<Step>& steps) {
  double degree = 0;
  for (const Step& step : steps) degree += step.degree;
  return kFieldBits - std::log2(degree);
}

TEST(Ledger, EveryStepHas200Bits) {
  for (const unsigned slots : {16u, 32u, 64u}) {
    const Shape s = shape_of(slots);
    const Layout l = claim::make_layout(s).value();
    for (const auto& steps : {soundness(s, l), zero_knowledge(l)}) {
      for (const Step& step : steps)
        std::printf("K = %u  %-32s %.1f bits\n", slots, step.name, kFieldBits - std::log2(step.degree));
      std::printf("K = %u  all together %.1f bits\n", slots, bits(steps));
      EXPECT_GT(bits(steps), 199.0);
    }
  }
}

// docs/protocol.md has one line per size class; it must be the computed one.
TEST(Ledger, DocumentQuotesTheSizes) {
  std::ifstream in(SOTTO_SOURCE_DIR "/docs/protocol.md");
  std::stringstream text;
  text << in.rdbuf();
  for (const unsigned slots : {16u, 32u, 64u}) {
    const Shape s = shape_of(slots);
    const Layout l = claim::make_layout(s).value();
    char line[200];
    std::snprintf(line, sizeof line, "| %u | %u | %zu | %zu | %.0f |", slots, l.log_n,
                  program_mask_rows(s, l).size(), proof_sizes(s, l).total, std::floor(bits(soundness(s, l))));
    EXPECT_NE(text.str().find(line), std::string::npos) << line;
  }
}

// The same for docs/network-proof.md, by network.
TEST(Ledger, NetworkDocumentQuotesTheSizes) {
  std::ifstream in(SOTTO_SOURCE_DIR "/docs/network-proof.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::pair<const char*, claim::network::Network> networks[] = {
      {"MLP 784-56-10", claim::network::make_mlp(784, 56, 10, 7).value().network},
      {"nanoGPT", claim::network::Gpt::random({}, 7).quantised().value()}};
  for (const auto& [name, network] : networks) {
    const claim::network::Circuit& c = network.circuit;
    const auto steps = soundness(c);
    for (const Step& step : steps) std::printf("%s  %-32s %.1f bits\n", name, step.name, kFieldBits - std::log2(step.degree));
    EXPECT_GT(bits(steps), 199.0);
    char line[200];
    std::snprintf(line, sizeof line, "| %s | %u | %u | %zu | %zu | %zu | %zu | %.0f |", name, c.log_n, c.data_rows, c.relations.size(),
                  power_count(c), c.matrices.size(), proof_sizes(c).total, std::floor(bits(steps)));
    EXPECT_NE(text.str().find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace sotto
