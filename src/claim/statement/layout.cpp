// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/layout.h"

#include <algorithm>
#include <bit>

#include "zk/commit/opening.h"

namespace sotto::claim {

const char* const kColumnNames[kColumnCount] = {
    "R",  "a0", "a1", "a2",  "a3", "b0",  "b1", "b2", "b3", "g0", "g1", "g2",   "g3", "c",  "P",  "W1l", "W1h", "W2l", "W2h", "sa", "sb", "cy",
    "z",  "D",  "e",  "ipw", "in", "out", "q0", "q1", "q2", "q3", "m",  "Prog", "Z0", "Z1", "h1", "h2",  "hL",  "hJ",  "hF",  "hT", "V1", "V2"};

namespace {

uint32_t bits_for(uint64_t count) { return count <= 1 ? 0 : static_cast<uint32_t>(std::bit_width(count - 1)); }

// Hands out aligned blocks.
class Allocator {
 public:
  Block take(uint32_t bits) {
    const uint64_t size = uint64_t{1} << bits;
    end_ = (end_ + size - 1) / size * size;
    const Block b{end_, bits};
    end_ += size;
    return b;
  }
  uint64_t end() const { return end_; }

 private:
  uint64_t end_ = 0;
};

Error does_not_fit(const std::string& what) { return input_error("this judge does not fit the proof statement: " + what); }

}  // namespace

namespace {

Result<Shape> shape_with(const judge::Network& net, unsigned slots, uint32_t sample_bits) {
  Shape s;
  if (net.range_bits != 16 && net.range_bits != 8) return does_not_fit("range limbs of " + std::to_string(net.range_bits) + " bits");
  s.limb_bits = net.range_bits / 2;
  if (net.sample_bits != s.limb_bits) return does_not_fit("samples are not one operand limb wide");
  s.slot_bits = bits_for(slots);
  s.source_bits = slots == 64 ? 7 : 6;
  s.samples = net.samples;
  s.sample_bits = sample_bits;
  s.hop_bits = net.hop_bits;
  s.frames = net.frames;
  if (s.sample_bits <= s.hop_bits) return does_not_fit("fewer samples than one hop");
  s.frame_bits = s.sample_bits - s.hop_bits;
  if (uint64_t{net.hop()} * (net.frames + 1) > net.samples) return does_not_fit("a frame reads past the last sample");
  s.dft_bits = bits_for(2 * net.bins);
  if (net.bins != (1u << s.dft_bits) / 2) return does_not_fit("the number of bins is not a power of two");
  s.bands = net.bands;
  s.band_bits = bits_for(net.bands);
  s.log_step = net.log_step;
  uint32_t in_frames = net.frames, in_frame_bits = s.frame_bits, in_channels = net.bands;
  for (const judge::ConvLayer& layer : net.conv) {
    if (layer.in_channels != in_channels || in_frame_bits < 2 || layer.out_frames == 0 || 2 * layer.out_frames + 2 > in_frames)
      return does_not_fit("the shape of a convolution");
    s.conv.push_back({bits_for(in_channels), layer.out_channels, bits_for(layer.out_channels), layer.out_frames, in_frame_bits - 1});
    in_frames = layer.out_frames;
    in_frame_bits--;
    in_channels = layer.out_channels;
  }
  s.head_bias = net.head_bias;
  return s;
}

}  // namespace

// The smallest number of sample bits with which the machine's rows, n = sample_bits + slot_bits, hold everything else
// too.
Result<Shape> make_shape(const judge::Network& net, unsigned slots) {
  if (slots != 16 && slots != 32 && slots != 64) return usage_error("the number of slots is 16, 32 or 64");
  SOTTO_TRY_STATUS(judge::check_network(net));
  for (uint32_t bits = bits_for(net.samples); bits <= 24; bits++) {
    SOTTO_TRY(Shape s, shape_with(net, slots, bits));
    if (make_layout(s).ok()) return s;
  }
  return does_not_fit("too many rows");
}

Result<Layout> make_layout(const Shape& s) {
  if (s.conv.empty()) return does_not_fit("no convolution");
  Layout l;
  l.program_block = uint64_t{s.sources()} << s.slot_bits;
  l.constants_at = l.program_block / 2;
  l.song_table_at = l.program_block / 4 * 3;
  if ((32u << s.slot_bits) > l.program_block / 2 || s.sources() > l.program_block / 4 || (1u << s.limb_bits) > l.program_block / 4)
    return does_not_fit("program column");

  const uint64_t table_block = uint64_t{1} << s.range_bits();
  l.tables_at = std::max(table_block, l.program_rows());
  l.tables_end = l.tables_at + Layout::kBlockLog * table_block + table_block / 2 + s.exponents();
  if (s.exponents() > table_block / 2) return does_not_fit("exponent table");

  Allocator rows;
  l.log_rows = rows.take(s.band_bits + s.frame_bits);
  for (const ConvShape& c : s.conv) l.conv.push_back({rows.take(c.out_channel_bits + c.out_frame_bits), {}, {}});
  l.score_row = rows.take(0).base;
  l.judge_rows = rows.end();
  Allocator spectrum;  // kD alone: above the energies
  spectrum.take(s.band_bits + s.frame_bits);
  l.dft_rows = spectrum.take(s.dft_bits + s.frame_bits);

  Allocator weights;
  l.dft_weights = weights.take(s.dft_bits + s.hop_bits + 1);
  l.mel_weights = weights.take(s.band_bits + s.dft_bits - 1);
  for (size_t i = 0; i < s.conv.size(); i++)
    l.conv[i].weights = weights.take(s.conv[i].out_channel_bits + s.conv[i].in_channel_bits + 2);
  l.dft_bias = weights.take(s.dft_bits);
  for (size_t i = 0; i < s.conv.size(); i++) l.conv[i].bias = weights.take(s.conv[i].out_channel_bits);
  l.head_mean = weights.take(s.conv.back().out_channel_bits);
  l.head_square = weights.take(s.conv.back().out_channel_bits);
  l.weight_rows = weights.end();

  // Everything constrained ends before the mask rows.
  const uint64_t constrained =
      std::max({machine_row(s, 0, s.samples), l.tables_end, l.judge_rows, l.dft_rows.end(), l.program_rows()});
  const uint64_t step = machine_row(s, 0, 8);
  l.mask_at = (constrained + step - 1) / step * step;
  l.used_rows = std::max(l.mask_at + kMaskRows + kZ0AtMasks, l.weight_rows);
  l.log_n = s.sample_bits + s.slot_bits;
  if (s.samples > (uint64_t{1} << s.sample_bits) || bits_for(l.used_rows) > l.log_n || l.log_n > 28 || l.log_n < 12)
    return does_not_fit("rows");
  if (!in_every_class(l, z0_rows(l))) return does_not_fit("masks of the opening");
  return l;
}

uint64_t flag_row(const Shape& s, unsigned op, unsigned slot) { return 2 * ((uint64_t{op} << s.slot_bits) + slot); }
uint64_t selector_row(const Shape& s, const Layout& l, unsigned operand, unsigned source, unsigned slot) {
  return 2 * ((1 + operand) * l.program_block + (uint64_t{source} << s.slot_bits) + slot);
}
uint64_t constant_row(const Layout& l, unsigned source) { return 2 * (l.constants_at + source); }
uint64_t song_table_row(const Layout& l, unsigned index) { return 2 * (l.song_table_at + index); }

std::vector<uint64_t> program_mask_rows(const Shape& s, const Layout& l) {
  std::vector<uint64_t> rows;
  // A golden-ratio walk over the odd rows of [base, base + size): distinct and without a constant index bit.
  auto scatter = [&](uint64_t base, uint64_t size, unsigned count) {
    const uint64_t odd = size / 2, step = (odd * 40503 / 65536) | 1;
    for (unsigned i = 0; i < count; i++) rows.push_back(base + 1 + 2 * ((3 + i * step) % odd));
  };
  const uint64_t flags = uint64_t{64} << s.slot_bits;  // rows of the flag sub-block
  scatter(0, flags, 16);
  for (uint64_t at = flags; at < l.program_rows(); at *= 2) scatter(at, at, 8);
  return rows;
}

}  // namespace sotto::claim
