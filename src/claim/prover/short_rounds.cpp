// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/short_rounds.h"

#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "base/parallel.h"
#include "claim/statement/constraint_sums.h"

namespace sotto::claim {
namespace {
Fr at(const std::vector<Fr>& v, uint64_t i) { return i < v.size() ? v[i] : Fr::zero(); }
constexpr unsigned kShortColumns[] = {kD, kE, kIpw, kIn, kOut, kQ0, kQ1, kQ2, kQ3, kM, kHJ, kHF, kHT, kProg, kV1, kV2};
// Position of a judge column of the statement among the short ones.
constexpr unsigned short_index(unsigned column) {
  unsigned i = 0;
  while (kShortColumns[i] != column) i++;
  return i;
}
}  // namespace

void BoundColumn::bind_sample(unsigned slot_bits, const Fr& x) {
  zk::bind_in_place(dense_, slot_bits, x);
  const uint64_t sample = mask_at_ >> slot_bits;
  for (Fr& m : mask_) m *= sample & 1 ? x : Fr::one() - x;
  mask_at_ = sample >> 1 << slot_bits;
}

void BoundColumn::bind_slot(const Fr& x) {
  SOTTO_CHECK(mask_at_ == 0);
  if (dense_.size() < kMaskRows) dense_.resize(kMaskRows);
  for (unsigned i = 0; i < kMaskRows; i++) dense_[i] += mask_[i], mask_[i] = Fr::zero();
  zk::bind_in_place(dense_, 0, x);
}

ShortRounds::ShortRounds(const ProverState& st)
    : st_(st),
      w_(short_weights(*st.key, st.challenges)),
      table_(st.table_fingerprint),
      lookup_(st.challenges.lookup()) {
  const Shape& s = st.shape();
  range_ = Fr(uint64_t{1} << s.range_bits());
  half_range_ = Fr(uint64_t{1} << (s.range_bits() - 1));
  song_index_.assign(st.layout().program_rows(), Fr::zero());
  for (unsigned i = 0; i < 1u << s.limb_bits; i++)
    song_index_[song_table_row(st.layout(), i)] = Fr(uint64_t{kTableSong}) + lookup_.beta[0] * Fr(uint64_t{i});
  for (unsigned c = 0; c < kColCount; c++) {
    const unsigned column = kShortColumns[c];
    col_[c] = BoundColumn(st.short_column(column), st.layout().mask_at,
                          column == kProg ? std::array<Fr, kMaskRows>{} : st.mask[column]);
  }
}

// body(w, v): value of the group at one point, from its weights and columns there; of this degree, each of them counted
// as a line.
template <class Body>
void ShortRounds::each_pair(uint64_t rows, unsigned degree, RoundValues& values,
                            const std::vector<const std::vector<Fr>*>& weights, const std::vector<unsigned>& columns,
                            Body&& body) const {
  std::mutex mutex;
  // Pair i: entries that differ in the variable of this round.
  const uint64_t half = uint64_t{1} << variable(), pairs = rows / (2 * half) * half + std::min(half, rows % (2 * half));
  parallel_for(
      pairs,
      [&](size_t begin, size_t end, unsigned) {
        RoundValues local{};
        std::vector<Fr> w(weights.size()), w_step(weights.size());
        for (size_t i = begin; i < end; i++) {
          const uint64_t low = i / half * 2 * half + i % half, high = low + half;
          bool any = false;
          for (size_t k = 0; k < weights.size(); k++) {
            w[k] = at(*weights[k], low);
            w_step[k] = at(*weights[k], high) - w[k];
            any = any || !w[k].is_zero() || !w_step[k].is_zero();
          }
          if (!any) continue;
          Point7 v, step;
          for (unsigned c : columns) {
            v.v[c] = col_[c].at(low);
            step.v[c] = col_[c].at(high) - v.v[c];
          }
          for (unsigned x = 0; x <= degree; x++) {
            local[x] += body(w, v);
            for (size_t k = 0; k < w.size(); k++) w[k] += w_step[k];
            for (unsigned c : columns) v.v[c] += step.v[c];
          }
        }
        const RoundValues all = extended(std::span(local).first(degree + 1));
        const std::lock_guard lock(mutex);
        for (unsigned x = 0; x <= kDegree; x++) values[x] += all[x];
      },
      64);
}

void ShortRounds::add_round(RoundValues& values) const {
  const Fr* alpha = st_.challenges.alpha.data();
  const Fr one = Fr::one();
  // Judge rows: constraints of the three regions and the linear relations.
  const RowConstants<Fr> constants{one, Fr::zero(), range_, half_range_};
  const std::vector<unsigned> judge = {kColD, kColE, kColIpw, kColIn, kColOut, kColQ0, kColQ1, kColQ2, kColQ3, kColHJ, kColHF};
  each_pair(w_.log.size(), kDegree, values,
            {&w_.log, &w_.conv, &w_.score, &w_.e, &w_.in, &w_.out, &w_.q0, &w_.q1, &w_.out_squared, &w_.helpers}, judge,
            [&](const std::vector<Fr>& w, const Point7& p) {
              const JudgeSums<Fr> sums = judge_sums(constants, lookup_, alpha, [&p](unsigned c) -> const Fr& { return p.v[short_index(c)]; });
              Fr v = w[0] * sums.log + (w[0] + w[1] + w[2]) * sums.range + w[1] * sums.act + w[2] * sums.score;
              v += w[3] * p.v[kColE] + w[4] * p.v[kColIn] + w[5] * p.v[kColOut] + w[6] * p.v[kColQ0] + w[7] * p.v[kColQ1];
              return v + w[8] * p.v[kColOut].square() + w[9] * (p.v[kColHJ] + p.v[kColHF]);
            });
  each_pair(w_.d.size(), 3, values, {&w_.d, &w_.d_squared}, {kColD},
            [&](const std::vector<Fr>& w, const Point7& p) { return (w[0] + w[1] * p.v[kColD]) * p.v[kColD]; });
  // Table side of the lookups.
  each_pair(w_.tables.size(), 3, values, {&w_.tables, &w_.ht, &table_}, {kColHT, kColM},
            [&](const std::vector<Fr>& w, const Point7& p) {
              return w[0] * alpha[kTermTables] * (p.v[kColHT] * (lookup_.gamma + w[2]) - p.v[kColM]) +
                     w[1] * p.v[kColHT];
            });
  // The song: its table, booleanity, no forward reference, linear relations.
  each_pair(w_.program.size(), 3, values, {&w_.song, &w_.boolean, &w_.forward, &w_.program, &song_index_},
            {kColHT, kColM, kColProg}, [&](const std::vector<Fr>& w, const Point7& p) {
              const Fr& prog = p.v[kColProg];
              Fr v = w[0] * alpha[kTermSongTable] * (p.v[kColHT] * (lookup_.gamma + w[4] + lookup_.beta[1] * prog) - p.v[kColM]);
              return v + w[1] * alpha[kTermBoolean] * prog * (prog - one) + (w[2] * alpha[kTermForward] + w[3]) * prog;
            });
  each_pair(w_.v1.size(), 3, values, {&w_.v1, &w_.v2, &w_.v1v2}, {kColV1, kColV2},
            [&](const std::vector<Fr>& w, const Point7& p) {
              return w[0] * p.v[kColV1] + w[1] * p.v[kColV2] + w[2] * p.v[kColV1] * p.v[kColV2];
            });
}

void ShortRounds::bind(const Fr& x) {
  const bool samples = round_ < st_.shape().sample_bits;
  std::vector<Fr>* const tables[] = {&w_.log,     &w_.conv, &w_.score,       &w_.tables,  &w_.song,    &w_.boolean,
                                     &w_.forward, &w_.d,    &w_.d_squared,   &w_.e,       &w_.in,      &w_.out,
                                     &w_.q0,      &w_.q1,   &w_.out_squared, &w_.helpers, &w_.ht,      &w_.program,
                                     &w_.v1,      &w_.v2,   &w_.v1v2,        &table_,     &song_index_};
  // Many tables of all lengths: each on one thread while there is work for two.
  const auto bind_all = [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      if (i >= kColCount)
        zk::bind_in_place(*tables[i - kColCount], variable(), x);
      else if (samples)
        col_[i].bind_sample(st_.shape().slot_bits, x);
      else
        col_[i].bind_slot(x);
    }
  };
  constexpr size_t kAll = kColCount + std::size(tables);
  if (w_.d.size() > 1024)
    parallel_for(kAll, bind_all);
  else
    bind_all(0, kAll, 0);
  round_++;
}

}  // namespace sotto::claim
