// SPDX-License-Identifier: Apache-2.0
#include "judge/net/spectrum.h"

#include <algorithm>
#include <cstdlib>

#include "judge/net/pair_product.h"

namespace sotto::judge {
namespace {

// x[l][i]: sample l < hop of the hop-long piece that frame i starts with. Frame i ends with the piece of frame i + 1.
constexpr size_t kColumns = kFrameBlock + 1;

// A term costs as much as this many products: it is not part of a register tile.
constexpr size_t kTermCost = 16;

// Whether every weight and its negative fit 16 bits and every D fits 32.
bool fits_narrow_kernel(const Network& net) {
  const size_t channels = 2 * size_t{net.bins};
  std::vector<int64_t> low(net.dft_bias.begin(), net.dft_bias.end()), high = low;
  const int64_t top = (1 << net.sample_bits) - 1;
  for (size_t j = 0; j < net.dft.size(); j++) {
    const int64_t w = net.dft[j];
    if (std::abs(w) > INT16_MAX) return false;
    (w < 0 ? low : high)[j % channels] += w * top;
  }
  return *std::min_element(low.begin(), low.end()) >= INT32_MIN &&
         *std::max_element(high.begin(), high.end()) <= INT32_MAX;
}

}  // namespace

uint32_t Spectrum::place(size_t l) const {
  const size_t hop = net_->hop();
  return static_cast<uint32_t>(l < hop ? l * kColumns : (l - hop) * kColumns + 1);
}

size_t Spectrum::Plan::row_count() const {
  return (parts.empty() ? 0 : parts.back().first_row + parts.back().row_count) + single.size();
}

size_t Spectrum::Plan::cost() const {
  size_t count = kTermCost * terms.size();
  for (const Part& part : parts) count += part.rows.size();
  return count;
}

// Collects the terms of every channel, part by part, then numbers the rows.
class Spectrum::PlanMaker {
 public:
  explicit PlanMaker(const Spectrum& owner) : owner_(owner), net_(*owner.net_), terms_(2 * size_t{net_.bins}) {}

  // No symmetry: one part with the whole window.
  Plan dense() {
    const size_t window = 2 * size_t{net_.hop()};
    begin_part();
    for (size_t l = 0; l < window; l++) plan_.parts.back().inputs.push_back({owner_.place(l), 0, 0});
    std::vector<int16_t> column(window);
    for (size_t c = 0; c < terms_.size(); c++) {
      for (size_t l = 0; l < window; l++) column[l] = weight(l, c);
      add_column(c, column);
    }
    return finish();
  }

  // With w(l) = s w(window - l) up to exceptions, s = 1 or -1 by channel:
  //   D = sum over 0 < l < hop of w(l) (x(l) + s x(window - l)) + w(hop) x(hop) + exceptions,
  // separately for even and odd l, since the columns of bins k and hop - k agree on even l and differ in sign on odd l.
  Plan folded() {
    const size_t hop = net_.hop();
    std::vector<std::vector<int16_t>> base(terms_.size());
    std::vector<int> sign(terms_.size());
    for (size_t c = 0; c < terms_.size(); c++) base[c] = fold(c, sign[c]);
    for (int s : {1, -1})
      for (size_t parity : {0u, 1u}) {
        begin_part();
        for (size_t l = parity; l < hop; l += 2) {
          // In place of l = 0, which has no mirror image, stands the middle of the window.
          plan_.parts.back().inputs.push_back(l == 0 ? WindowInput{owner_.place(hop), 0, 0}
                                                     : WindowInput{owner_.place(l), owner_.place(2 * hop - l), int16_t(s)});
        }
        std::vector<int16_t> column(hop / 2);
        for (size_t c = 0; c < terms_.size(); c++) {
          if (sign[c] != s) continue;
          for (size_t j = 0; j < column.size(); j++) column[j] = base[c][2 * j + parity];
          add_column(c, column);
        }
      }
    return finish();
  }

 private:
  int16_t weight(size_t l, size_t c) const { return static_cast<int16_t>(net_.dft[l * terms_.size() + c]); }

  // Entry l is the weight of the input of place l in folded(); what it leaves over becomes single terms.
  std::vector<int16_t> fold(size_t c, int& sign) {
    const size_t hop = net_.hop();
    size_t even = 0, odd = 0;
    for (size_t l = 1; l < hop; l++) {
      even += weight(l, c) == weight(2 * hop - l, c);
      odd += weight(l, c) == -weight(2 * hop - l, c);
    }
    sign = even >= odd ? 1 : -1;
    std::vector<int16_t> base(hop);
    base[0] = weight(hop, c);
    if (sign < 0) base[0] = 0;  // an odd column vanishes in the middle
    add_single(c, hop, weight(hop, c) - base[0]);
    add_single(c, 0, weight(0, c));
    for (size_t l = 1; l < hop; l++) {
      // Ties of rounding fall to either side: the smaller of the two makes columns of different bins agree.
      const int left = weight(l, c), right = sign * weight(2 * hop - l, c);
      base[l] = static_cast<int16_t>(std::abs(left) <= std::abs(right) ? left : right);
      add_single(c, l, left - base[l]);
      add_single(c, 2 * hop - l, sign * (right - base[l]));
    }
    return base;
  }

  void begin_part() {
    rows_.clear();
    Part part;
    if (!plan_.parts.empty()) part.first_row = plan_.parts.back().first_row + plan_.parts.back().row_count;
    plan_.parts.push_back(part);
  }

  void add_column(size_t c, std::vector<int16_t> column) {
    const auto first = std::find_if(column.begin(), column.end(), [](int16_t w) { return w != 0; });
    if (first == column.end()) return;
    const int32_t factor = *first < 0 ? -1 : 1;
    for (int16_t& w : column) w = static_cast<int16_t>(w * factor);
    Part& part = plan_.parts.back();
    const auto [known, is_new] = rows_.try_emplace(column, static_cast<uint32_t>(part.first_row + part.row_count));
    if (is_new) {
      part.rows.insert(part.rows.end(), column.begin(), column.end());
      part.row_count++;
    }
    terms_[c].push_back({known->second, factor});
  }

  void add_single(size_t c, size_t l, int32_t factor) {
    if (factor != 0) singles_[static_cast<uint32_t>(l)].push_back({static_cast<uint32_t>(c), factor});
  }

  Plan finish() {
    uint32_t row = static_cast<uint32_t>(plan_.row_count());
    for (const auto& [l, uses] : singles_) {
      plan_.single.push_back(owner_.place(l));
      for (const Term& use : uses) terms_[use.row].push_back({row, use.factor});
      row++;
    }
    plan_.first_term.push_back(0);
    for (const std::vector<Term>& terms : terms_) {
      plan_.terms.insert(plan_.terms.end(), terms.begin(), terms.end());
      plan_.first_term.push_back(static_cast<uint32_t>(plan_.terms.size()));
    }
    return std::move(plan_);
  }

  const Spectrum& owner_;
  const Network& net_;
  Plan plan_;
  std::map<std::vector<int16_t>, uint32_t> rows_;   // of the part at hand
  std::vector<std::vector<Term>> terms_;            // by channel
  std::map<uint32_t, std::vector<Term>> singles_;   // by place; Term::row is the channel until finish()
};

Spectrum::Spectrum(const Network& net, CpuPath path) : net_(&net), path_(path), narrow_(fits_narrow_kernel(net)) {
  if (!narrow_) return;
  bias_.assign(net.dft_bias.begin(), net.dft_bias.end());
  plan_ = PlanMaker(*this).dense();
  if (net.hop() < 4) return;
  Plan folded = PlanMaker(*this).folded();
  if (folded.cost() < plan_.cost()) plan_ = std::move(folded);
}

void Spectrum::lay_out(std::span<const uint8_t> samples, size_t first_frame, int16_t* x) const {
  const size_t hop = net_->hop();
  for (size_t i = 0; i < kColumns; i++) {
    const size_t start = (first_frame + i) * hop;
    if (start + hop > samples.size()) {
      for (size_t l = 0; l < hop; l++) x[l * kColumns + i] = 0;
      continue;
    }
    for (size_t l = 0; l < hop; l++) x[l * kColumns + i] = samples[start + l];
  }
}

void Spectrum::block(std::span<const uint8_t> samples, size_t first_frame, uint64_t* power) const {
  if (!narrow_) return block_wide(samples, first_frame, power);
  std::vector<int16_t> x(net_->hop() * kColumns), pairs;
  lay_out(samples, first_frame, x.data());
  std::vector<int32_t> rows(plan_.row_count() * kFrameBlock);
  for (const Part& part : plan_.parts) {
    const size_t places = part.inputs.size();
    pairs.resize(places * kFrameBlock);
    gather_inputs(path_, x.data(), part.inputs.data(), places / 2, pairs.data());
    pair_product(path_, {part.rows.data(), places, part.row_count, pairs.data(), kFrameBlock, places / 2},
                 rows.data() + part.first_row * kFrameBlock);
  }
  int32_t* single = rows.data() + (plan_.row_count() - plan_.single.size()) * kFrameBlock;
  for (uint32_t offset : plan_.single) single = std::copy_n(x.data() + offset, kFrameBlock, single);
  powers(path_, {rows.data(), plan_.terms.data(), plan_.first_term.data(), bias_.data(), net_->bins}, power);
}

void Spectrum::block_wide(std::span<const uint8_t> samples, size_t first_frame, uint64_t* power) const {
  const size_t hop = net_->hop(), channels = 2 * size_t{net_->bins};
  std::vector<int64_t> d(channels);
  for (size_t i = 0; i < kFrameBlock; i++) {
    const size_t start = (first_frame + i) * hop;
    d = net_->dft_bias;
    for (size_t l = 0; l < 2 * hop && start + l < samples.size(); l++)
      for (size_t c = 0; c < channels; c++) d[c] += int64_t{samples[start + l]} * net_->dft[l * channels + c];
    for (size_t bin = 0; bin < net_->bins; bin++) {
      const uint64_t re = static_cast<uint64_t>(d[2 * bin]), im = static_cast<uint64_t>(d[2 * bin + 1]);
      power[bin * kFrameBlock + i] = re * re + im * im;
    }
  }
}

}  // namespace sotto::judge
