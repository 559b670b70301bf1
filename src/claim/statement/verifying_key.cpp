// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/verifying_key.h"

#include <cstring>

#include "base/keccak.h"
#include "claim/statement/word_reader.h"

namespace sotto::claim {
namespace {

using zk::Fr;

constexpr std::string_view kMagic = "SOTTO-VK-1";
constexpr size_t kMaxLayers = 16;

// The shape as words, in one order for writing and reading.
template <class Shape_, class Visit>
void visit_sizes(Shape_& s, Visit&& visit) {
  for (auto* v : {&s.limb_bits, &s.slot_bits, &s.source_bits, &s.samples, &s.sample_bits, &s.hop_bits, &s.frames, &s.frame_bits,
                  &s.dft_bits, &s.bands, &s.band_bits, &s.log_step})
    visit(*v);
}
template <class Conv, class Visit>
void visit_layer(Conv& c, Visit&& visit) {
  for (auto* v : {&c.in_channel_bits, &c.out_channels, &c.out_channel_bits, &c.out_frames, &c.out_frame_bits}) visit(*v);
}

// What keeps every closed form within its domain (shifts inside their blocks, truncations below their ends).
bool shape_is_sound(const Shape& s) {
  if ((s.limb_bits != 8 && s.limb_bits != 4) || s.slot_bits < 4 || s.slot_bits > 6 || s.source_bits < 6 ||
      s.source_bits > 7 || s.source_bits <= s.slot_bits)
    return false;
  if (s.sample_bits > 24 || s.hop_bits >= s.sample_bits || s.frame_bits != s.sample_bits - s.hop_bits) return false;
  if (s.dft_bits < 1 || s.dft_bits > 16 || s.band_bits > 16 || s.bands == 0 || s.bands > (1u << s.band_bits)) return false;
  if (s.frames == 0 || ((uint64_t{s.frames} + 1) << s.hop_bits) > s.samples) return false;
  if (s.conv.empty() || s.conv.size() > kMaxLayers) return false;
  uint32_t channel_bits = s.band_bits, frame_bits = s.frame_bits, frames = s.frames;
  for (const ConvShape& c : s.conv) {
    if (c.in_channel_bits != channel_bits || frame_bits < 2 || c.out_frame_bits != frame_bits - 1 || c.out_frames == 0 ||
        2 * uint64_t{c.out_frames} + 2 > frames || c.out_channels == 0 || c.out_channel_bits > 16 ||
        c.out_channels > (1u << c.out_channel_bits))
      return false;
    channel_bits = c.out_channel_bits, frame_bits = c.out_frame_bits, frames = c.out_frames;
  }
  return true;
}

}  // namespace

Bytes VerifyingKey::encode() const {
  const Layout l = make_layout(shape).value();
  Bytes out(32);
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  auto word = [&](uint64_t v) { append(out, word_from_u64(v)); };
  append(out, judge_file);
  word(development ? 1 : 0);
  word(max_score);
  append(out, weights.to_bytes());
  append(out, table_out.to_bytes());
  append(out, g2.to_bytes());
  append(out, Fr::from_signed(shape.head_bias).to_bytes());
  visit_sizes(shape, word);
  word(shape.conv.size());
  // Derived rows, so that the contract need not derive them.
  for (uint64_t v : {uint64_t{l.log_n}, l.program_block, l.constants_at, l.song_table_at, l.tables_at, l.tables_end, l.dft_rows.base,
                     l.score_row, l.dft_weights.base, l.dft_bias.base, l.mel_weights.base, l.head_mean.base, l.head_square.base})
    word(v);
  for (size_t i = 0; i < shape.conv.size(); i++) {
    visit_layer(shape.conv[i], word);
    for (const Block* b : {&l.conv[i].rows, &l.conv[i].weights, &l.conv[i].bias}) word(b->base);
  }
  return out;
}

Result<VerifyingKey> VerifyingKey::decode(ByteSpan bytes) {
  const Error malformed = input_error("not a Sotto verifying key (wrong magic, length or content)");
  WordReader in(bytes);
  VerifyingKey vk;
  const uint8_t* magic = in.take(1);
  const uint8_t* judge = in.take(1);
  uint64_t flags = 0, layers = 0;
  bool ok = true;
  const auto u32 = [&](uint32_t& v) {
    uint64_t read = 0;
    ok = ok && in.number(read, UINT32_MAX);
    v = static_cast<uint32_t>(read);
  };
  if (!magic || !judge || std::memcmp(magic, kMagic.data(), kMagic.size()) != 0) return malformed;
  std::memcpy(vk.judge_file.data(), judge, 32);
  ok = in.number(flags, 1);
  u32(vk.max_score);
  if (!ok) return malformed;
  vk.development = flags & 1;
  if (!in.point(vk.weights) || !in.point(vk.table_out) || !in.point(vk.g2.tau) || !in.point(vk.g2.fold))
    return input_error("verifying key: a point is missing, not on the curve or not in the group");
  ok = in.signed_number(vk.shape.head_bias, 62);
  visit_sizes(vk.shape, u32);
  if (!ok || !in.number(layers, kMaxLayers) || !in.take(13)) return malformed;
  for (uint64_t i = 0; i < layers; i++) {
    ConvShape c;
    visit_layer(c, u32);
    if (!ok || !in.take(3)) return malformed;
    vk.shape.conv.push_back(c);
  }
  if (!in.done() || !shape_is_sound(vk.shape)) return malformed;
  SOTTO_TRY([[maybe_unused]] Layout layout, make_layout(vk.shape));
  const Bytes again = vk.encode();  // the derived words must be what the shape gives
  if (again.size() != bytes.size() || !std::equal(again.begin(), again.end(), bytes.begin())) return malformed;
  return vk;
}

Bytes32 VerifyingKey::judge_id() const {
  Bytes code(1, 0);
  append(code, encode());
  return keccak256(code);
}

}  // namespace sotto::claim
