// SPDX-License-Identifier: Apache-2.0
// The statement evaluated on the attacker's tables directly: which constraints do not hold, and in which rows. No
// challenges but one to compare tuples by, no commitments, thousands of times faster than a proof; a test compares its
// answers with whole proofs. Constraints, lookups and tables come from the code of the statement (relations.h,
// constraint_sums.h, closed_form.h); what is linear is compared cell by cell with the text of docs/protocol.md.
#pragma once
#include <map>
#include <set>
#include <unordered_map>

#include "support/lies.h"
#include "support/sites.h"

namespace sotto::forge {

// A constraint that does not hold, and where: a row, or the number of an equation.
struct Broken {
  std::string what;
  uint64_t at = 0;
  bool operator<(const Broken& o) const { return std::tie(what, at) < std::tie(o.what, o.at); }
};

class Audit {
 public:
  explicit Audit(const ProvingKey& key) : key_(key), s_(key.shape), l_(key.layout) {
    limb_ = Fr(uint64_t{1} << s_.limb_bits), range_ = limb_ * limb_, half_ = Fr(uint64_t{1} << (s_.range_bits() - 1));
    powers_[0] = Fr::one();
    for (unsigned i = 1; i < kParts; i++) powers_[i] = powers_[i - 1] * kBeta;
    read_tables();
    machine_ = machine_sites();
    for (uint64_t x : log_rows(s_, l_)) judge_rows_.push_back({x, "logarithm", judge_sites(JudgeRegion::kLog)});
    for (unsigned i = 0; i < s_.conv.size(); i++)
      for (uint64_t x : conv_layer_rows(i))
        judge_rows_.push_back({x, "layer " + std::to_string(i), judge_sites(JudgeRegion::kConv)});
    judge_rows_.push_back({l_.score_row, "score", judge_sites(JudgeRegion::kScore)});
  }

  // Leaves a component of one lookup out: "table" (its id), or the name of a column.
  void leave_out(const std::string& site, const std::string& component) {
    left_out_ = {site, component}, projected_.clear();
  }
  void leave_nothing_out() { left_out_ = {}; }

  // What does not hold when this score is claimed.
  std::set<Broken> broken(const Tables& t, uint32_t score) const {
    std::set<Broken> out;
    std::unordered_map<uint64_t, Fr> counts;
    for (uint64_t k = 0; k < s_.slots(); k++)
      for (uint64_t i = 0; i < s_.samples; i++) machine_row(t, k, i, counts, out);
    judge_rows(t, counts, out);
    for (const auto& [name, rows] :
         {std::pair("multiplicities", table_rows(l_)), std::pair("multiplicities of the song", song_rows(s_, l_))})
      for (uint64_t x : rows) {
        const auto it = counts.find(x);
        if (t[claim::kM][x] != (it == counts.end() ? Fr::zero() : it->second)) out.insert({name, x});
      }
    program(t, out);
    operands(t, out);
    judge(t, out);
    if (t[claim::kOut][l_.score_row] != Fr(uint64_t{score})) out.insert({"score", l_.score_row});
    return out;
  }

  // Multiplicities as an attacker writes them: of every lookup that is in its table.
  void recount(Tables& t) const {
    std::unordered_map<uint64_t, Fr> counts;
    std::set<Broken> ignored;
    for (uint64_t k = 0; k < s_.slots(); k++)
      for (uint64_t i = 0; i < s_.samples; i++)
        machine_lookups(t, k, claim::machine_row(s_, static_cast<unsigned>(k), i), counts, ignored);
    judge_rows(t, counts, ignored);
    for (const auto& rows : {table_rows(l_), song_rows(s_, l_)})
      for (uint64_t x : rows) t[claim::kM][x] = counts[x];
  }

  // The names of all constraints, in the words of broken().
  std::vector<std::string> constraints() const {
    std::vector<std::string> all;
    for (unsigned op = 0; op < sound::kOpCount; op++)
      for (unsigned i = 0; i + claim::kFirstConstraint[op] < claim::kFirstConstraint[op + 1]; i++)
        all.push_back(op_name(op, i));
    for (const char* name : {"carry is a bit", "zero flag is a bit", "logarithm"}) all.push_back(name);
    for (const char* name : {"multiplicities", "multiplicities of the song"}) all.push_back(name);
    for (const char* part : {"flags", "selectors a", "selectors b", "selectors c"}) {
      all.push_back(std::string("bits: ") + part), all.push_back(std::string("one-hot: ") + part);
      if (part[0] == 's') all.push_back(std::string("forward: ") + part);
    }
    for (const char* x : {"a", "b", "c"}) all.push_back(std::string("operand ") + x);
    for (const char* name : {"spectrum", "mel", "head", "score"}) all.push_back(name);
    for (size_t i = 0; i < s_.conv.size(); i++) all.push_back("convolution " + std::to_string(i));
    return all;
  }
  // Every lookup with its region: (where, site).
  std::vector<std::pair<std::string, Site>> lookups() const {
    std::vector<std::pair<std::string, Site>> all;
    for (const Site& site : machine_) all.emplace_back("machine", site);
    std::set<std::string> seen;
    for (const JudgeRow& r : judge_rows_)
      if (seen.insert(r.region).second)
        for (const Site& site : r.sites) all.emplace_back(r.region, site);
    return all;
  }
  static std::string lookup_name(const std::string& where, const Site& site) { return where + ": " + site.name; }
  static std::string op_name(unsigned op, unsigned i) {
    return std::string(sound::kOpNames[op]) + " " + std::to_string(i);
  }
  // The rows of a public table's tuples, without its id: by component.
  const std::map<uint64_t, std::vector<Fr>>& table() const { return table_; }

  std::vector<uint64_t> conv_layer_rows(size_t i) const {
    return tensor_rows(l_.conv[i].rows, s_.conv[i].out_channel_bits, s_.conv[i].out_channels, s_.conv[i].out_frames);
  }

 private:
  static constexpr unsigned kParts = 7;  // id and the powers of beta
  static inline const Fr kBeta =
      Fr(uint64_t{0x9e3779b97f4a7c15}) * Fr(uint64_t{0xd1342543de82ef95}) * Fr(uint64_t{0x2545f4914f6cdd1d});
  using Key = std::array<uint64_t, 4>;
  struct Hash {
    size_t operator()(const Key& k) const { return k[0] ^ k[2] << 1; }
  };
  using Index = std::unordered_map<Key, uint64_t, Hash>;
  struct JudgeRow {
    uint64_t row;
    std::string region;
    std::vector<Site> sites;
  };

  // The public tables' tuples, by interpolation of the closed form in beta.
  void read_tables() {
    std::vector<claim::Challenges> at(kParts);
    for (unsigned i = 0; i < kParts; i++) at[i].gamma = Fr::zero(), at[i].beta = Fr(uint64_t{i + 1});
    std::vector<std::vector<Fr>> inverse(kParts);  // Lagrange basis in coefficients
    for (unsigned i = 0; i < kParts; i++) {
      std::vector<Fr> p = {Fr::one()};
      for (unsigned j = 0; j < kParts; j++) {
        if (j == i) continue;
        std::vector<Fr> q(p.size() + 1);
        const Fr scale = (at[i].beta - at[j].beta).inverse();
        for (size_t e = 0; e < p.size(); e++) q[e + 1] += p[e] * scale, q[e] -= p[e] * scale * at[j].beta;
        p = q;
      }
      inverse[i] = p;
    }
    for (uint64_t x : table_rows(l_)) {
      std::vector<Fr> tuple(kParts);
      for (unsigned i = 0; i < kParts; i++) {
        const Fr v = table_fingerprint(key_, at[i], x);
        for (unsigned e = 0; e < kParts; e++) tuple[e] += v * inverse[i][e];
      }
      table_[x] = tuple;
      index_[key_of(tuple, kParts)] = x;
    }
  }
  // Fingerprint of a tuple without one component.
  Key key_of(const std::vector<Fr>& tuple, unsigned without) const {
    Fr f;
    for (unsigned e = 0; e < kParts; e++)
      if (e != without) f += tuple[e] * powers_[e];
    return f.to_limbs();
  }
  std::vector<Fr> song_tuple(const Tables& t, unsigned i) const {
    std::vector<Fr> tuple(kParts);
    tuple[0] = Fr(uint64_t{claim::kTableSong}), tuple[1] = Fr(uint64_t{i}),
    tuple[2] = t[claim::kProg][claim::song_table_row(l_, i)];
    return tuple;
  }

  static unsigned component_of(const Part& p) { return static_cast<unsigned>(p.beta + 1); }
  void look_up(const Tables& t, const std::string& region, const Site& site, uint64_t x, const Fr& weight,
               std::unordered_map<uint64_t, Fr>& counts, std::set<Broken>& out) const {
    std::vector<Fr> tuple(kParts);
    tuple[0] = Fr(uint64_t{site.table});
    for (const Part& p : site.parts) tuple[component_of(p)] += t[p.column][x] * (p.limbs == 0 ? Fr::one() : limb_);
    if (site.table == claim::kTableSong) {
      const auto i = small(tuple[1]);
      if (i && *i < 1u << s_.limb_bits && song_tuple(t, static_cast<unsigned>(*i)) == tuple) {
        counts[claim::song_table_row(l_, static_cast<unsigned>(*i))] += weight;
        return;
      }
    } else if (const auto it = index_.find(key_of(tuple, kParts)); it != index_.end()) {
      counts[it->second] += weight;
      return;
    }
    const std::string name = lookup_name(region, site);
    if (left_out_.first == name && found_without(t, site, tuple)) return;
    out.insert({name, x});
  }
  // The tuple is in the table but for the component that is left out. Without its id any table will do.
  bool found_without(const Tables& t, const Site& site, const std::vector<Fr>& tuple) const {
    unsigned without = left_out_.second == "table" ? 0 : kParts;
    for (const Part& p : site.parts)
      if (left_out_.second == claim::kColumnNames[p.column]) without = component_of(p);
    SOTTO_CHECK(without < kParts);
    const Key wanted = key_of(tuple, without);
    if (projected_.empty())
      for (const auto& [x, other] : table_) projected_[key_of(other, without)] = x;
    if (projected_.contains(wanted)) return true;
    for (unsigned i = 0; i < 1u << s_.limb_bits; i++)
      if (key_of(song_tuple(t, i), without) == wanted) return true;
    return false;
  }

  Fr flag(const Tables& t, unsigned op, uint64_t slot) const {
    return t[claim::kProg][claim::flag_row(s_, op, static_cast<unsigned>(slot))];
  }

  void machine_lookups(const Tables& t, uint64_t k, uint64_t x, std::unordered_map<uint64_t, Fr>& counts,
                       std::set<Broken>& out) const {
    for (const Site& site : machine_) {
      const Fr weight = site.table == claim::kTableSong   ? flag(t, static_cast<unsigned>(claim::Op::kLookup), k)
                        : site.table == claim::kTableSine ? flag(t, static_cast<unsigned>(claim::Op::kSine), k)
                                                          : Fr::one();
      if (!weight.is_zero()) look_up(t, "machine", site, x, weight, counts, out);
    }
  }
  void machine_row(const Tables& t, uint64_t k, uint64_t i, std::unordered_map<uint64_t, Fr>& counts,
                   std::set<Broken>& out) const {
    using namespace claim;
    const uint64_t x = claim::machine_row(s_, static_cast<unsigned>(k), i);
    auto col = [&](unsigned c) -> const Fr& { return t[c][x]; };
    const Words<Fr> w = words(limb_, range_, col);
    const Constants<Fr> constants{Fr::one(), range_ * range_};
    for (unsigned op = 0; op < sound::kOpCount; op++) {
      const Fr f = flag(t, op, k);
      unsigned number = 0;
      if (!f.is_zero())
        op_constraints(static_cast<Op>(op), w, constants, [&](const Fr& v) {
          if (!v.is_zero()) out.insert({op_name(op, number), x});
          number++;
        });
    }
    // machine_sum() with one power of alpha; helpers and denominators do not matter for these two
    std::vector<Fr> alpha(kRelConv);
    for (const auto& [term, name] :
         {std::pair(kTermCarry, "carry is a bit"), std::pair(kTermZero, "zero flag is a bit")}) {
      alpha[term] = Fr::one();
      if (!machine_sum(w, VmDenominators<Fr>{}, Fr::zero(), Fr::zero(), Fr::zero(), Fr::one(), alpha.data()).is_zero())
        out.insert({name, x});
      alpha[term] = Fr::zero();
    }
    machine_lookups(t, k, x, counts, out);
  }

  void judge_rows(const Tables& t, std::unordered_map<uint64_t, Fr>& counts, std::set<Broken>& out) const {
    using namespace claim;
    std::vector<Fr> alpha(kRelConv);
    alpha[kTermLog] = Fr::one();
    LookupChallenges<Fr> none{};
    for (const JudgeRow& r : judge_rows_) {
      auto col = [&](unsigned c) -> const Fr& { return t[c][r.row]; };
      if (r.region == "logarithm" &&
          !judge_sums(RowConstants<Fr>{Fr::one(), limb_, range_, half_}, none, alpha.data(), col).log.is_zero())
        out.insert({"logarithm", r.row});
      for (const Site& site : r.sites) look_up(t, r.region, site, r.row, Fr::one(), counts, out);
    }
  }

  void program(const Tables& t, std::set<Broken>& out) const {
    using namespace claim;
    const Table& p = t[kProg];
    auto bit = [&](const std::string& part, uint64_t x) {
      if (!(p[x] * (p[x] - Fr::one())).is_zero()) out.insert({"bits: " + part, x});
    };
    for (unsigned k = 0; k < s_.slots(); k++) {
      Fr sum;
      for (unsigned op = 0; op < 32; op++) {
        bit("flags", flag_row(s_, op, k));
        if (op < sound::kOpCount) sum += p[flag_row(s_, op, k)];
      }
      if (sum != Fr::one()) out.insert({"one-hot: flags", k});
      for (unsigned x = 0; x < 3; x++) {
        const std::string part = std::string("selectors ") + "abc"[x];
        sum = Fr::zero();
        for (unsigned j = 0; j < s_.sources(); j++) {
          const uint64_t row = selector_row(s_, l_, x, j, k);
          bit(part, row);
          sum += p[row];
          if (j >= k && j < s_.slots() && !p[row].is_zero()) out.insert({"forward: " + part, row});
        }
        if (sum != Fr::one()) out.insert({"one-hot: " + part, k});
      }
    }
  }

  void operands(const Tables& t, std::set<Broken>& out) const {
    using namespace claim;
    for (unsigned k = 0; k < s_.slots(); k++)
      for (unsigned x = 0; x < 3; x++) {
        std::vector<std::pair<unsigned, Fr>> selected;
        for (unsigned j = 0; j < s_.sources(); j++)
          if (const Fr& v = t[kProg][selector_row(s_, l_, x, j, k)]; !v.is_zero()) selected.emplace_back(j, v);
        for (uint64_t i = 0; i < s_.samples; i++) {
          const uint64_t row = claim::machine_row(s_, k, i);
          const unsigned first = x == 0 ? kA0 : kB0;
          Fr word = x == 2 ? t[kC][row] : Fr::zero();
          for (unsigned limb = 4; x < 2 && limb-- > 0;) word = word * limb_ + t[first + limb][row];
          for (const auto& [j, v] : selected)
            word -= v * (j < s_.slots()    ? t[kR][claim::machine_row(s_, j, i)]
                         : j == s_.slots() ? Fr(i)
                                           : t[kProg][constant_row(l_, j)]);
          if (!word.is_zero()) out.insert({std::string("operand ") + "abc"[x], row});
        }
      }
  }

  void judge(const Tables& t, std::set<Broken>& out) const {
    using namespace claim;
    const judge::Network& net = key_.net;
    const unsigned r = s_.range_bits();
    auto power = [](unsigned e) { return Fr(uint64_t{2}).pow(uint64_t{e}); };
    auto sample = [&](uint64_t i) -> const Fr& { return t[kA0][claim::machine_row(s_, s_.slots() - 1, i)]; };
    const std::vector<uint64_t> spectrum = dft_rows(s_, l_), logs = log_rows(s_, l_);
    const uint32_t channels = 2 * net.bins, hop = net.hop();
    for (uint64_t i = 0; i < net.frames; i++) {
      std::vector<Fr> squares(channels);
      for (uint32_t c = 0; c < channels; c++) {
        const Fr& d = t[kD][spectrum[i * channels + c]];
        squares[c] = d.square();
        Fr sum = Fr::from_signed(net.dft_bias[c]);
        for (uint32_t l = 0; l < 2 * hop; l++) sum += Fr::from_signed(net.dft[l * channels + c]) * sample(hop * i + l);
        if (sum != d) out.insert({"spectrum", spectrum[i * channels + c]});
      }
      for (uint32_t b = 0; b < net.bands; b++) {
        Fr sum;
        for (uint32_t c = 0; c < channels; c++) sum += Fr::from_signed(net.mel[c / 2 * net.bands + b]) * squares[c];
        if (sum != t[kD][logs[i * net.bands + b]]) out.insert({"mel", logs[i * net.bands + b]});
      }
    }
    std::vector<Fr> in;
    for (uint64_t x : logs) in.push_back(Fr(uint64_t{net.log_step}) * t[kE][x] + t[kOut][x]);
    for (size_t layer = 0; layer < net.conv.size(); layer++) {
      const judge::ConvLayer& c = net.conv[layer];
      const std::vector<uint64_t> rows = conv_layer_rows(layer);
      std::vector<Fr> next;
      for (uint32_t i = 0; i < c.out_frames; i++)
        for (uint32_t o = 0; o < c.out_channels; o++) {
          const uint64_t x = rows[i * c.out_channels + o];
          Fr acc = Fr::from_signed(c.bias[o]) + power(r - 1) + power(2 * r - 1);
          for (uint32_t w = 0; w < 4; w++)
            for (uint32_t k = 0; k < c.in_channels; k++)
              acc += Fr::from_signed(c.weight(w / 2, w % 2, k, o)) * in[(2 * i + w) * c.in_channels + k];
          if (acc != range_ * t[kIn][x] + t[kQ0][x]) out.insert({"convolution " + std::to_string(layer), x});
          next.push_back(t[kOut][x]);
        }
      in = std::move(next);
    }
    Fr acc = Fr::from_signed(net.head_bias) + power(2 * r - 1) + power(3 * r - 1);
    for (size_t j = 0; j < in.size(); j++)
      acc += (Fr::from_signed(net.head_mean[j % net.head_mean.size()]) +
              Fr::from_signed(net.head_square[j % net.head_mean.size()]) * in[j]) *
             in[j];
    const uint64_t x = l_.score_row;
    if (acc != range_ * range_ * t[kIn][x] + t[kQ0][x] + range_ * t[kQ1][x]) out.insert({"head", x});
  }

  const ProvingKey& key_;
  const claim::Shape& s_;
  const claim::Layout& l_;
  Fr limb_, range_, half_, powers_[kParts];
  std::map<uint64_t, std::vector<Fr>> table_;
  Index index_;
  mutable Index projected_;
  std::pair<std::string, std::string> left_out_;
  std::vector<Site> machine_;
  std::vector<JudgeRow> judge_rows_;
};

}  // namespace sotto::forge
