// SPDX-License-Identifier: Apache-2.0
// Zero knowledge as linear algebra. Once the challenges are fixed, everything that a proof shows after the column evaluations is
// a linear function of F = sum_j lambda^j f_j, Prog and Z1 (docs/protocol.md, zero knowledge). This header is that function,
// with commitments read as exponents: a group element [f(tau)] counts as f(tau), so the adversary has unbounded power.
#pragma once
#include <algorithm>
#include <bit>

#include "claim/statement/layout.h"
#include "claim/statement/relations.h"
#include "zero_knowledge/opening_map.h"
#include "zk/commit/opening_mask.h"

namespace sotto::zero_knowledge {

// Challenges that the linear part of a proof depends on.
struct LinearChallenges {
  Point u, x;
  Fr rho, mu, kappa;
  OpeningChallenges opening;
  Fr c_op[sound::kOpCount];
};

inline LinearChallenges random_challenges(unsigned n, Random& random) {
  LinearChallenges c{random.point(n), random.point(n), {}, {}, {}, {}, {}};
  for (Fr* x : {&c.rho, &c.mu, &c.kappa}) *x = random.next();
  OpeningChallenges& o = c.opening;
  for (Fr* x : {&o.alpha, &o.gamma, &o.zeta, &o.nu, &o.z, &o.tau}) *x = random.next();
  for (Fr& x : c.c_op) x = random.next();
  return c;
}

// What one kind of proof does otherwise than another: the degree of its main sumcheck, the variable of each of its rounds, and the
// power of kappa with which it opens Z1.
struct ProofKind {
  unsigned degree;
  std::vector<unsigned> order;
  unsigned z1_power;
};

// What the verifier sees, as one vector: (commitment, evaluation) of one ordinary column, of Prog, of Z0 and of Z1 (commitment
// only), the mask sum, then the scalars and exponents of the proof in their order.
class TranscriptMap {
 public:
  // Of a song's proof.
  TranscriptMap(const claim::Shape& shape, unsigned log_n, const LinearChallenges& challenges)
      : TranscriptMap(song_kind(shape, log_n), log_n, challenges) {
    make_program_weights(shape);
  }
  // Of a proof without a program column.
  TranscriptMap(ProofKind kind, unsigned log_n, const LinearChallenges& challenges)
      : kind_(std::move(kind)), c_(challenges), n_(log_n), opening_(challenges.x, challenges.opening) {
    Fr power = c_.opening.tau;
    for (unsigned i = 0; i < n_; i++, power = power.square()) tau_squares_.push_back(power);
    make_weights();
  }
  static ProofKind song_kind(const claim::Shape& shape, unsigned log_n) {
    ProofKind kind{claim::kDegree, {}, 2};
    for (unsigned i = 0; i < log_n; i++) kind.order.push_back(round_variable(shape, i));
    return kind;
  }

  // Offsets.
  static constexpr size_t kColumn = 0, kProgram = 2, kZ0 = 4, kZ1 = 6, kMaskSum = 7, kRounds = 8;
  unsigned sent() const { return kind_.degree; }  // coefficients per main round
  size_t reduction() const { return kRounds + sent() * n_; }
  size_t finals() const { return reduction() + 2 * n_; }
  size_t opening() const { return finals() + 3; }
  size_t size() const { return opening() + OpeningMap::kWords; }
  Vector zero() const { return Vector(size()); }
  unsigned log_n() const { return n_; }
  // How many independent equations the words satisfy whatever the song; masks that span all the rest hide every change.
  //   4: the last identity of the reduction; C_q, C_v and C_w follow from C_f and the opening's other words.
  //   One for each round of the reduction above the rows of Prog and Z1: their part follows from their final values.
  //   One for each round above all rows: so is the part of F.
  // opened, weighted: how many rows F has, and Prog and Z1.
  size_t equations(uint64_t opened, uint64_t weighted) const {
    return 4 + 2 * n_ - static_cast<size_t>(std::bit_width(opened - 1) + std::bit_width(weighted - 1));
  }

  // A part of F.
  void add_opened(Vector& out, const Tensor& f, const Fr& scale) const {
    add_rounds(out, f, eq_u_, scale);
    out[finals()] += scale * value(f, n_);
    add_opening(out, f, scale);
  }
  // A part of an ordinary column (0), of Prog or of Z0: (commitment, evaluation) at `offset`, and its part of F.
  void add_column(Vector& out, size_t offset, const Tensor& f, const Fr& lambda) const {
    add_commitment(out, offset, f);
    add_opened(out, f, lambda);
  }
  // The program column apart from its share of F: deferred check, final value, opening. Returns <f, w_P>.
  Fr add_program(Vector& out, const Tensor& f) const {
    Fr inner;
    for (size_t op = 0; op < program_.size(); op++) {
      add_rounds(out, f, program_[op], c_.mu * c_.c_op[op]);
      Fr product = c_.c_op[op];
      for (unsigned i = 0; i < n_; i++) product *= dot(f, program_[op], i);
      inner += product;
    }
    out[finals() + 1] += value(f, n_);
    add_opening(out, f, c_.kappa);
    return inner;
  }
  // One entry of Z1: sumcheck mask, deferred check, final value, opening.
  void add_sumcheck_mask(Vector& out, unsigned variable, unsigned exponent, unsigned share) const {
    const Tensor f = Tensor::unit(claim::mask_row(variable, exponent, share), n_);
    Fr tau = Fr::one();
    for (unsigned i = 0; i < n_; i++) tau *= f.ends[i][0] + f.ends[i][1] * tau_squares_[i];
    out[kZ1] += tau;
    const Fr ends = Fr(uint64_t{exponent == 0 ? 2u : 1u}), half = Fr(uint64_t{2}).inverse();
    Fr scale = Fr(uint64_t{2}).pow(uint64_t{n_ - 1});
    out[kMaskSum] += scale * ends;
    scale *= c_.rho;
    unsigned round = 0;
    while (kind_.order[round] != variable) round++;
    for (unsigned j = 0; j < n_; j++, scale *= half) {
      if (j < round) add_round_coefficient(out, j, 0, scale * half * ends);
      if (j == round) add_round_coefficient(out, j, exponent, scale);
      if (j > round) add_round_coefficient(out, j, 0, scale * c_.u[variable].pow(uint64_t{exponent}));
    }
    // w_g at this row is u_i^e whatever the share; its restrictions are those of sum_i e-tensor_i.
    for (const auto& [weight, sign] : mask_weights_) add_rounds(out, f, weight, sign * c_.mu * c_.rho);
    out[finals() + 2] += value(f, n_);
    add_opening(out, f, c_.kappa.pow(uint64_t{kind_.z1_power}));
  }
  // The linear coefficient is not sent.
  void add_round_coefficient(Vector& out, unsigned round, unsigned exponent, const Fr& v) const {
    if (exponent != 1) out[kRounds + sent() * round + (exponent == 0 ? 0 : exponent - 1)] += v;
  }
  // A random change of the unmasked main rounds that a verifier accepts: it starts from the same claim and ends `end` higher.
  void add_random_rounds(Vector& out, const Fr& end, Random& random) const {
    Fr claim;
    const Fr half = Fr(uint64_t{2}).inverse();
    for (unsigned i = 0; i < n_; i++) {
      std::vector<Fr> c(sent() + 1);
      Fr sum;
      for (unsigned e = 1; e <= sent(); e++) sum += c[e] = random.next();
      c[0] = (claim - sum) * half;
      const Fr& x = c_.u[kind_.order[i]];
      Fr next = zk::horner(c, x);
      if (i + 1 == n_) {  // shift c_1 by s and c_0 by -s / 2: the sum stays, the value moves by s (u - 1/2)
        const Fr s = (end - next) * (x - half).inverse();
        c[1] += s, c[0] -= s * half;
        next = zk::horner(c, x);
      }
      for (unsigned e = 0; e <= sent(); e++) add_round_coefficient(out, i, e, c[e]);
      claim = next;
    }
  }
  void add_commitment(Vector& out, size_t offset, const Tensor& f) const {
    Fr tau = Fr::one(), u = Fr::one();
    for (unsigned i = 0; i < n_; i++) tau *= f.ends[i][0] + f.ends[i][1] * tau_squares_[i], u *= f.at(i, c_.u[i]);
    out[offset] += tau;
    out[offset + 1] += u;
  }

 private:
  // f with its first `count` variables bound to x*.
  Fr value(const Tensor& f, unsigned count) const {
    Fr v = Fr::one();
    for (unsigned i = 0; i < count; i++) v *= f.at(i, c_.x[i]);
    return v;
  }
  static Fr dot(const Tensor& f, const Tensor& w, unsigned i) { return f.ends[i][0] * w.ends[i][0] + f.ends[i][1] * w.ends[i][1]; }

  // w_P: data rows are even, then slot bits, five operation bits, zeros.
  void make_program_weights(const claim::Shape& shape) {
    for (unsigned op = 0; op < sound::kOpCount; op++) {
      Tensor w = Tensor::unit(uint64_t{op} << (1 + shape.slot_bits), n_);
      for (unsigned i = 0; i < shape.slot_bits; i++) {
        const Fr& v = claim::VmPoint(shape, c_.u).k[i];
        w.ends[1 + i] = {Fr::one() - v, v};
      }
      program_.push_back(std::move(w));
    }
  }
  void make_weights() {
    eq_u_ = Tensor::eq(c_.u);
    // w_g: any share, u_i^e for e < 8, without e > degree.
    for (unsigned i = 0; i < n_; i++) {
      Tensor w = Tensor::unit(uint64_t{i} << 4, n_);
      w.ends[0] = {Fr::one(), Fr::one()};
      Fr power = c_.u[i];
      for (unsigned b = 0; b < 3; b++, power = power.square()) w.ends[1 + b] = {Fr::one(), power};
      mask_weights_.emplace_back(w, Fr::one());
      for (unsigned e = kind_.degree + 1; e < 8; e++) {
        Tensor over = Tensor::unit(uint64_t{i} << 4 | e << 1, n_);
        over.ends[0] = {Fr::one(), Fr::one()};
        mask_weights_.emplace_back(over, -c_.u[i].pow(uint64_t{e}));
      }
    }
  }
  // Rounds of the reduction sumcheck of scale * sum_x f(x) w(x): value at 0 and quadratic coefficient.
  void add_rounds(Vector& out, const Tensor& f, const Tensor& w, const Fr& scale) const {
    std::vector<Fr> above(n_ + 1, Fr::one());
    for (unsigned i = n_; i-- > 1;) above[i] = above[i + 1] * dot(f, w, i);
    Fr bound = scale;
    Fr* to = &out[reduction()];
    for (unsigned k = 0; k < n_; k++) {
      if (bound.is_zero()) return;
      const Fr t = bound * above[k + 1];
      if (!t.is_zero()) {
        to[2 * k] += t * f.ends[k][0] * w.ends[k][0];
        to[2 * k + 1] += t * (f.ends[k][1] - f.ends[k][0]) * (w.ends[k][1] - w.ends[k][0]);
      }
      bound *= f.at(k, c_.x[k]) * w.at(k, c_.x[k]);
    }
  }
  void add_opening(Vector& out, const Tensor& f, const Fr& scale) const { opening_.add(&out[opening()], f, scale); }

  ProofKind kind_;
  LinearChallenges c_;
  unsigned n_;
  OpeningMap opening_;
  Vector tau_squares_;
  Tensor eq_u_;
  std::vector<Tensor> program_;
  std::vector<std::pair<Tensor, Fr>> mask_weights_;
};

// As many rows as Z0 has, in blocks 0, 1, 2, 4, 8, .. of B = 2^kFoldBits rows. Every class of rows that the reduction
// shows apart has entries; but the folded rows (h) have only as many coefficients as its rounds show of them, and none
// is left for the opening.
inline std::vector<uint64_t> rows_in_few_blocks(uint64_t mask_at) {
  std::vector<uint64_t> bases = {0}, rows;
  for (uint64_t at = uint64_t{1} << zk::kFoldBits; at <= mask_at; at *= 2) bases.push_back(at);
  for (uint64_t i = 0; i < zk::kZ0Entries; i++)
    rows.push_back(bases[i % bases.size()] + i * 397 % (uint64_t{1} << zk::kFoldBits));
  return rows;
}

// A subspace of F^m in echelon form.
class Span {
 public:
  // Returns false when v is already inside.
  bool add(Vector v) {
    const size_t pivot = reduce(v);
    if (pivot == v.size()) return false;
    const Fr scale = v[pivot].inverse();
    for (Fr& x : v) x *= scale;
    rows_.emplace_back(pivot, std::move(v));
    return true;
  }
  bool contains(Vector v) const { return reduce(v) == v.size(); }
  size_t rank() const { return rows_.size(); }

 private:
  // Every row has zeros at the pivots of the rows before it, so one pass in order of insertion suffices.
  size_t reduce(Vector& v) const {
    for (const auto& [pivot, row] : rows_) {
      const Fr f = v[pivot];
      if (f.is_zero()) continue;
      for (size_t i = 0; i < v.size(); i++)
        if (!row[i].is_zero()) v[i] -= f * row[i];
    }
    return static_cast<size_t>(std::find_if(v.begin(), v.end(), [](const Fr& x) { return !x.is_zero(); }) - v.begin());
  }
  std::vector<std::pair<size_t, Vector>> rows_;
};

// x with sum_i x_i columns[i] = target (free variables 0), or the number of equations that contradict the others.
struct Solution {
  Vector x;
  size_t violated = 0;
  bool found() const { return violated == 0; }
};
inline Solution solve(const std::vector<Vector>& columns, const Vector& target) {
  const size_t rows = target.size(), unknowns = columns.size();
  std::vector<Vector> a(rows, Vector(unknowns + 1));
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < unknowns; c++) a[r][c] = columns[c][r];
    a[r][unknowns] = target[r];
  }
  std::vector<size_t> pivots;
  for (size_t c = 0; c < unknowns && pivots.size() < rows; c++) {
    const size_t top = pivots.size();
    size_t p = top;
    while (p < rows && a[p][c].is_zero()) p++;
    if (p == rows) continue;
    std::swap(a[p], a[top]);
    const Fr scale = a[top][c].inverse();
    for (size_t i = c; i <= unknowns; i++) a[top][i] *= scale;
    for (size_t r = 0; r < rows; r++) {
      const Fr f = a[r][c];
      if (r == top || f.is_zero()) continue;
      for (size_t i = c; i <= unknowns; i++) a[r][i] -= f * a[top][i];
    }
    pivots.push_back(c);
  }
  Solution s{Vector(unknowns), 0};
  for (size_t r = pivots.size(); r < rows; r++) s.violated += !a[r][unknowns].is_zero();
  for (size_t i = 0; i < pivots.size(); i++) s.x[pivots[i]] = a[i][unknowns];
  return s;
}

}  // namespace sotto::zero_knowledge
