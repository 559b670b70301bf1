// SPDX-License-Identifier: Apache-2.0
// For every constraint and every component of every lookup a forgery that breaks it and nothing else
// (deletion.test.cpp).
#pragma once
#include <gtest/gtest.h>

#include "support/attack_song.h"
#include "support/audit.h"
#include "support/lookup_lies.h"

namespace sotto::forge {
using namespace claim;

inline const judge::Network& net() { return attack_start().key->net; }
inline Audit& audit() {
  static Audit one(*attack_start().key);
  return one;
}

struct Forgery {
  std::string name;
  std::function<Start(bool committed)> start;
  std::function<uint32_t(const Start&, Tables&)> cells;  // returns the score that is claimed
  std::string component = {};                            // of a lookup
};
using Forgeries = std::multimap<std::string, Forgery>;  // by the constraint that each breaks

inline Start of_attack(bool) { return attack_start(); }
inline std::function<Start(bool)> of_song(const sound::Program& song) {
  return [=](bool committed) {
    return committed ? make_start(attack_start().key, song) : make_uncommitted_start(attack_start().key, song);
  };
}
inline std::function<uint32_t(const Start&, Tables&)> on_attack(const std::function<uint32_t(Tables&)>& cells) {
  return [=](const Start&, Tables& t) { return cells(t); };
}
inline uint32_t claimed(const Forgery& f, const Start& start, Tables& t) {
  const uint32_t score = f.cells(start, t);
  audit().recount(t);
  return score;
}

inline void operation_forgeries(Forgeries& all) {
  for (const OperationLie& lie : kOperationLies)
    all.insert({Audit::op_name(static_cast<unsigned>(lie.op), lie.constraint),
                {"wrong result", of_song(song_for(lie.op, lie.a, lie.b, lie.c)), [=](const Start& s, Tables& t) {
                   write_lie(s, t, lie);
                   return rejudge(s, t);
                 }}});
  all.insert({"carry is a bit",
              {"carry that is a fraction", of_attack, on_attack(at_one_sample(wrong_result(sAdd, 5), [](Tables& t) {
                 t[kCy][row_of(sAdd)] -= fraction(5, 65536);
               }))}});
  all.insert({"zero flag is a bit",
              {"zero flag 2 where nothing uses it", of_attack,
               on_attack(at_one_sample({}, [](Tables& t) { t[kZ][row_of(sAdd)] = whole(2); }))}});
}

inline void lookup_forgeries(Forgeries& all) {
  for (const LookupLie& lie : lookup_lies(net()))
    all.insert({std::string("machine: ") + lie.site,
                {"wrong result", of_song(song_for(lie.op, lie.a, lie.b, 9)),
                 [=](const Start& s, Tables& t) {
                   write_lie(s, t, lie);
                   return rejudge(s, t);
                 },
                 lie.component}});
}

inline Fr& selector(Tables& t, unsigned operand, unsigned source, unsigned slot) {
  return t[kProg][selector_row(shape(), layout(), operand, source, slot)];
}
inline Fr& flag(Tables& t, unsigned op, unsigned slot) { return t[kProg][flag_row(shape(), op, slot)]; }
inline Tamper with_operand(unsigned slot, unsigned operand, uint32_t value) {
  return [=](unsigned k, uint32_t& a, uint32_t& b, uint32_t& c, std::optional<uint32_t>&) {
    if (k == slot) (operand == 0 ? a : operand == 1 ? b : c) = value;
  };
}

inline void program_forgeries(Forgeries& all) {
  const unsigned first = shape().first_constant();
  auto add = [&](const std::string& what, const std::string& name, const std::function<uint32_t(Tables&)>& cells) {
    all.insert({what, {name, of_attack, on_attack(cells)}});
  };
  add("bits: flags", "flag 2 of an operation that does not exist",
      [](Tables& t) { return flag(t, 20, sAdd) = whole(2), attack_start().score; });
  const unsigned reader[3] = {sAdd, sAdd, sSelect};
  for (unsigned x = 0; x < 3; x++) {
    const std::string part = std::string("selectors ") + "abc"[x];
    const unsigned slot = reader[x];
    auto only = [=](Tables& t, std::initializer_list<std::pair<unsigned, Fr>> sources) {
      for (unsigned j = 0; j < shape().sources(); j++) selector(t, x, j, slot) = Fr::zero();
      for (const auto& [j, v] : sources) selector(t, x, j, slot) = v;
    };
    add("bits: " + part, "selectors 2 and -1", at_all_samples(with_operand(slot, x, 2 * 5 - 7), [=](Tables& t) {
          only(t, {{first, whole(2)}, {first + 1, whole(-1)}});
        }));
    add("one-hot: " + part, "two sources", at_all_samples(with_operand(slot, x, 5 + 7), [=](Tables& t) {
          only(t, {{first, Fr::one()}, {first + 1, Fr::one()}});
        }));
    add(std::string("operand ") + "abc"[x], "no source", at_one_sample(with_operand(slot, x, 0x77)));
    // A slot that reads itself: OR of itself and b is itself; SELECT of itself as c is itself where the condition is 0.
    if (x < 2)
      add("forward: " + part, "reads its own result",
          at_all_samples(
              [=](unsigned k, uint32_t& a, uint32_t& b, uint32_t&, std::optional<uint32_t>& out) {
                if (k == sOr) out = (x == 0 ? b : a) | 0x55, (x == 0 ? a : b) = *out;
              },
              [=](Tables& t) {
                for (unsigned j = 0; j < shape().sources(); j++) selector(t, x, j, sOr) = Fr::zero();
                selector(t, x, sOr, sOr) = Fr::one();
              }));
    else
      add("forward: " + part, "reads its own result",
          at_all_samples(
              [=](unsigned k, uint32_t& a, uint32_t& b, uint32_t& c, std::optional<uint32_t>& out) {
                if (k == sSelect) out = a ? b : 0x1234, c = *out;
              },
              [=](Tables& t) {
                for (unsigned j = 0; j < shape().sources(); j++) selector(t, x, j, sSelect) = Fr::zero();
                selector(t, x, sSelect, sSelect) = Fr::one();
              }));
  }
  add("one-hot: flags", "no operation", at_one_sample(wrong_result(sAdd, 5), [](Tables& t) {
        flag(t, static_cast<unsigned>(Op::kAdd), sAdd) = Fr::zero();
      }));
}

// ---- The judge: rows where a lie is possible are found in the honest trace

inline size_t first_where(size_t count, const std::function<bool(size_t)>& fits) {
  for (size_t j = 0; j < count; j++)
    if (fits(j)) return j;
  ADD_FAILURE() << "this song gives no occasion for the lie";
  return 0;
}
inline const judge::Trace& honest() {
  static const judge::Trace t = judge::trace(net(), samples_of(attack_start(), attack_start().tables));
  return t;
}
inline Fr range() { return Fr(uint64_t{1} << shape().range_bits()); }

inline void logarithm_forgeries(Forgeries& all) {
  const std::vector<uint64_t> rows = log_rows(shape(), layout());
  const size_t count = rows.size();
  auto add = [&](const std::string& what, const std::string& component, const std::string& name,
                 const std::function<uint32_t(Tables&)>& cells) {
    all.insert({what, {name, of_attack, on_attack(cells), component}});
  };
  add("mel", "", "energy + 1", judge_lie(kGivenEnergy, [](judge::Trace& t) { t.energy[0]++; }));
  add("spectrum", "", "spectrum + 1", judge_lie(kGivenSpectrum, [](judge::Trace& t) { t.dft[0]++; }));
  const size_t low = first_where(count, [](size_t j) { return honest().exponent[j] > 0; });
  add("logarithm", "", "next exponent", judge_lie(kGivenLogs, [=](judge::Trace& t) { t.exponent[low]--; }));
  const size_t small_mantissa = first_where(count, [](size_t j) {
    return honest().mantissa[j] + 1 < net().log_table.size() &&
           net().log_table[honest().mantissa[j]] != net().log_table[honest().mantissa[j] + 1];
  });
  for (unsigned q = 0; q < 4; q++)
    add(std::string("logarithm: range q") + std::to_string(q), kColumnNames[kQ0 + q],
        "mantissa + 1, paid for by the rest",
        judge_lie(
            kGivenLogs,
            [=](judge::Trace& t) { t.log_value[small_mantissa] = net().log_table[t.mantissa[small_mantissa] + 1]; },
            [=](Tables& t) {
              t[kIn][rows[small_mantissa]] += Fr::one(),
                  t[kQ0 + q][rows[small_mantissa]] -= range().pow(uint64_t{4 - q});
            }));
  add("logarithm: log table", "in", "half the exponent's power, mantissa too large",
      judge_lie(
          kGivenLogs, [=](judge::Trace& t) { t.exponent[low]--, t.log_value[low] = net().log_table[1]; },
          [=](Tables& t) {
            // twice the left side: mantissa and rest shifted by one bit
            const unsigned r = shape().range_bits();
            const uint64_t half = uint64_t{1} << (r - 1);
            const unsigned __int128 left =
                ((static_cast<unsigned __int128>(half + honest().mantissa[low]) << (4 * r)) + honest().rest[low]) * 2;
            t[kIn][rows[low]] = Fr(static_cast<uint64_t>(left >> (4 * r)) - half);
            for (unsigned q = 0; q < 4; q++)
              t[kQ0 + q][rows[low]] = Fr(static_cast<uint64_t>(left >> r * q) & ((uint64_t{1} << r) - 1));
          }));
  add("logarithm: log table", "out", "another logarithm",
      judge_lie(kGivenLogs, [](judge::Trace& t) { t.log_value[0]++; }));
  const size_t other = first_where(
      count, [](size_t j) { return net().act_table[honest().mantissa[j]] != net().log_table[honest().mantissa[j]]; });
  add("logarithm: log table", "table", "an activation as logarithm",
      judge_lie(kGivenLogs, [=](judge::Trace& t) { t.log_value[other] = net().act_table[t.mantissa[other]]; }));
  for (const char* component : {"e", "ipw"})
    add("logarithm: exponent table", component, "another exponent with the true power",
        judge_lie(
            kGivenLogs, [=](judge::Trace& t) { t.exponent[low]--; },
            [=](Tables& t) { t[kIpw][rows[low]] = attack_start().tables[kIpw][rows[low]]; }));
  // A step of the sine whose value makes a mantissa of this energy, though it is no power of two.
  const unsigned r = shape().range_bits();
  uint32_t step = 0;
  const auto sine = [r](uint32_t i) { return uint64_t{sound::eval_op(Op::kSine, i << r, 0, 0, {}, 2 * r)}; };
  const size_t loud = first_where(count, [&](size_t j) {
    for (step = 1; step < shape().exponents(); step++)
      if ((honest().energy[j] + 1) * sine(step) >> (4 * r) == 1) return true;
    return false;
  });
  const uint64_t left = (honest().energy[loud] + 1) * sine(step) << (r - 1);
  const uint32_t mantissa = static_cast<uint32_t>(left >> (4 * r)) - (1u << (r - 1));
  add("logarithm: exponent table", "table", "a sine as power",
      judge_lie(
          kGivenLogs, [=](judge::Trace& t) { t.exponent[loud] = step, t.log_value[loud] = net().log_table[mantissa]; },
          [=](Tables& t) {
            t[kIpw][rows[loud]] = Fr(sine(step)), t[kIn][rows[loud]] = Fr(uint64_t{mantissa});
            for (unsigned q = 0; q < 4; q++) t[kQ0 + q][rows[loud]] = Fr(left >> r * q & ((uint64_t{1} << r) - 1));
          }));
}

inline void layer_forgeries(Forgeries& all) {
  for (unsigned layer = 0; layer < net().conv.size(); layer++) {
    const std::vector<uint64_t> rows = audit().conv_layer_rows(layer);
    const std::string where = "layer " + std::to_string(layer) + ": ";
    auto add = [&](const std::string& what, const std::string& component, const std::string& name,
                   const std::function<void(judge::Trace&)>& edit, const std::function<void(Tables&)>& then = {}) {
      all.insert({what, {name, of_attack, on_attack(judge_lie(kGivenConv + layer, edit, then)), component}});
    };
    auto set_pre = [=](judge::Trace& t, size_t j, uint32_t pre) {
      t.layers[layer].pre[j] = pre, t.layers[layer].out[j] = net().act_table[pre];
    };
    add("convolution " + std::to_string(layer), "", "another pre-activation",
        [=](judge::Trace& t) { set_pre(t, 0, t.layers[layer].pre[0] ^ 1); });
    add(
        where + "range q0", "q0", "next pre-activation, negative remainder",
        [=](judge::Trace& t) { set_pre(t, 0, t.layers[layer].pre[0] + 1); },
        [=](Tables& t) { t[kQ0][rows[0]] -= range(); });
    const size_t j = first_where(rows.size(), [=](size_t i) { return honest().layers[layer].remainder[i] > 0; });
    add(
        where + "activation table", "in", "a fraction as pre-activation, with the activation of another",
        [=](judge::Trace& t) { t.layers[layer].out[j] = net().act_table[t.layers[layer].pre[j] ^ 1]; },
        [=](Tables& t) { t[kIn][rows[j]] += range().inverse(), t[kQ0][rows[j]] -= Fr::one(); });
    add(where + "activation table", "out", "another activation", [=](judge::Trace& t) { t.layers[layer].out[0] ^= 1; });
    const size_t i = first_where(rows.size(), [=](size_t x) {
      return net().score_table[honest().layers[layer].pre[x]] != honest().layers[layer].out[x];
    });
    add(where + "activation table", "table", "a score as activation",
        [=](judge::Trace& t) { t.layers[layer].out[i] = net().score_table[t.layers[layer].pre[i]]; });
  }
}

inline void score_forgeries(Forgeries& all) {
  const uint64_t x = layout().score_row;
  auto add = [&](const std::string& what, const std::string& component, const std::string& name,
                 const std::function<uint32_t(Tables&)>& cells) {
    all.insert({what, {name, of_attack, on_attack(cells), component}});
  };
  auto with_head = [=](Tables& t, uint64_t head) {
    t[kIn][x] = Fr(head), t[kOut][x] = Fr(uint64_t{net().score_table[head]});
    return net().score_table[head];
  };
  add("score", "", "score + 1", [](Tables&) { return attack_start().score + 1; });
  add("head", "", "another head value with its score", [=](Tables& t) { return with_head(t, honest().head_pre ^ 1); });
  add("score: range q0", "q0", "next head value, negative remainder",
      [=](Tables& t) { return t[kQ0][x] -= range() * range(), with_head(t, honest().head_pre + 1); });
  add("score: range q1", "q1", "next head value, negative remainder",
      [=](Tables& t) { return t[kQ1][x] -= range(), with_head(t, honest().head_pre + 1); });
  const uint32_t best = *std::max_element(net().score_table.begin(), net().score_table.end());
  add("score: score table", "in", "a fraction as head value, with the best score", [=](Tables& t) {
    t[kIn][x] += (range() * range()).inverse(), t[kQ0][x] -= Fr::one(), t[kOut][x] = Fr(uint64_t{best});
    return best;
  });
  add("score: score table", "out", "another score",
      [=](Tables& t) { return t[kOut][x] += Fr::one(), attack_start().score + 1; });
  add("score: score table", "table", "an activation as score", [=](Tables& t) {
    const uint32_t act = net().act_table[honest().head_pre];
    return t[kOut][x] = Fr(uint64_t{act}), act;
  });
}

// Multiplicities that are no counts; they are not recounted.
inline void multiplicity_forgeries(std::multimap<std::string, std::function<void(Tables&)>>& all) {
  for (const auto& [name, rows] : {std::pair("multiplicities", table_rows(layout())),
                                   std::pair("multiplicities of the song", song_rows(shape(), layout()))})
    for (size_t i : {size_t{0}, rows.size() / 2, rows.size() - 1})
      all.insert({name, [x = rows[i]](Tables& t) { t[kM][x] += Fr::one(); }});
}

inline Forgeries forgeries() {
  Forgeries all;
  operation_forgeries(all), lookup_forgeries(all), program_forgeries(all), logarithm_forgeries(all),
      layer_forgeries(all), score_forgeries(all);
  return all;
}

}  // namespace sotto::forge
