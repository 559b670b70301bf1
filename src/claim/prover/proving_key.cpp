// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/proving_key.h"

#include "sound/bytebeat/semantics.h"
#include "zk/commit/msm.h"

namespace sotto::claim {

std::vector<Fr> weight_column(const Shape& s, const Layout& l, const judge::Network& net) {
  std::vector<Fr> p(l.weight_rows);
  const uint64_t hop = net.hop(), channels = 2 * net.bins;
  for (uint64_t d = 0; d < 2; d++)
    for (uint64_t lo = 0; lo < hop; lo++)
      for (uint64_t c = 0; c < channels; c++)
        p[l.dft_weights.base + (c | lo << s.dft_bits | d << (s.dft_bits + s.hop_bits))] = Fr::from_signed(net.dft[(d * hop + lo) * channels + c]);
  for (uint64_t c = 0; c < channels; c++) p[l.dft_bias.base + c] = Fr::from_signed(net.dft_bias[c]);
  for (uint64_t bin = 0; bin < net.bins; bin++)
    for (uint64_t b = 0; b < net.bands; b++)
      p[l.mel_weights.base + (b | bin << s.band_bits)] = Fr::from_signed(net.mel[bin * net.bands + b]);
  for (size_t i = 0; i < net.conv.size(); i++) {
    const judge::ConvLayer& layer = net.conv[i];
    const unsigned ob = s.conv[i].out_channel_bits, ib = s.conv[i].in_channel_bits;
    for (uint32_t d = 0; d < 2; d++)
      for (uint32_t lo = 0; lo < 2; lo++)
        for (uint32_t k = 0; k < layer.in_channels; k++)
          for (uint32_t c = 0; c < layer.out_channels; c++)
            p[l.conv[i].weights.base + (c | uint64_t{k} << ob | uint64_t{lo} << (ob + ib) | uint64_t{d} << (ob + ib + 1))] =
                Fr::from_signed(layer.weight(d, lo, k, c));
    for (uint32_t c = 0; c < layer.out_channels; c++) p[l.conv[i].bias.base + c] = Fr::from_signed(layer.bias[c]);
  }
  for (uint32_t c = 0; c < net.conv.back().out_channels; c++) {
    p[l.head_mean.base + c] = Fr::from_signed(net.head_mean[c]);
    p[l.head_square.base + c] = Fr::from_signed(net.head_square[c]);
  }
  return p;
}

std::vector<Fr> table_out_column(const Shape& s, const Layout& l, const judge::Network& net) {
  std::vector<Fr> out(l.tables_end);
  const uint64_t block = uint64_t{1} << s.range_bits();
  auto fill = [&](unsigned index, const std::vector<uint32_t>& table) {
    for (size_t i = 0; i < table.size(); i++) out[l.tables_at + index * block + i] = Fr(uint64_t{table[i]});
  };
  fill(Layout::kBlockAct, net.act_table);
  fill(Layout::kBlockScore, net.score_table);
  for (uint64_t i = 0; i < block; i++) {
    const auto angle = static_cast<uint32_t>(i << s.range_bits());
    const uint32_t sine = sound::eval_op(sound::Op::kSine, angle, 0, 0, {}, s.word_bits());
    out[l.tables_at + Layout::kBlockSine * block + i] = Fr(uint64_t{sine});
  }
  fill(Layout::kBlockLog, net.log_table);
  for (unsigned e = 0; e < s.exponents(); e++)
    out[l.tables_at + Layout::kBlockLog * block + block / 2 + e] = Fr(uint64_t{2}).pow(uint64_t{s.exponents() - e});
  return out;
}

Status check_public_columns(const Shape& s, const Layout& l, const std::vector<Fr>& weights, const std::vector<Fr>& table_out) {
  // Inputs of a layer beyond its channels are rows that nothing constrains; so are outputs beyond the last layer's channels.
  auto zero = [&](uint64_t row) { return weights[row].is_zero(); };
  uint64_t in_channels = s.bands;
  for (size_t i = 0; i < s.conv.size(); i++) {
    const ConvShape& c = s.conv[i];
    for (uint64_t at = 0; at < uint64_t{1} << l.conv[i].weights.bits; at++) {
      const uint64_t out = at & ((1u << c.out_channel_bits) - 1), in = at >> c.out_channel_bits & ((1u << c.in_channel_bits) - 1);
      if ((out >= c.out_channels || in >= in_channels) && !zero(l.conv[i].weights.base + at))
        return input_error("judge: a convolution gives weight to a channel that does not exist");
    }
    for (uint64_t out = c.out_channels; out < uint64_t{1} << c.out_channel_bits; out++)
      if (!zero(l.conv[i].bias.base + out)) return input_error("judge: a bias of a channel that does not exist");
    in_channels = c.out_channels;
  }
  for (uint64_t c = in_channels; c < uint64_t{1} << s.conv.back().out_channel_bits; c++)
    if (!zero(l.head_mean.base + c) || !zero(l.head_square.base + c)) return input_error("judge: the head reads a channel that does not exist");
  for (uint64_t at = 0; at < uint64_t{1} << l.mel_weights.bits; at++)
    if ((at & ((1u << s.band_bits) - 1)) >= s.bands && !zero(l.mel_weights.base + at)) return input_error("judge: a mel weight of a band that does not exist");
  // Function tables fill their blocks to the last row, so no padding row can be looked up (rule 7).
  if (table_out.size() != l.tables_end) return input_error("judge: tables of the wrong size");
  return ok_status();
}

Result<unsigned> required_log_size(const judge::Network& net, unsigned slots) {
  SOTTO_TRY(Shape shape, make_shape(net, slots));
  SOTTO_TRY(Layout layout, make_layout(shape));
  return layout.log_n;
}

Result<std::shared_ptr<const ProvingKey>> make_proving_key(const judge::Network& net, unsigned slots, std::shared_ptr<const zk::Srs> srs) {
  auto key = std::make_shared<ProvingKey>();
  key->net = net;
  SOTTO_TRY(key->shape, make_shape(net, slots));
  SOTTO_TRY(key->layout, make_layout(key->shape));
  if (srs->g1.size() < key->layout.rows())
    return environment_error("the setup has 2^" + std::to_string(srs->log_size()) + " powers, this judge needs 2^" + std::to_string(key->layout.log_n));
  key->srs = std::move(srs);
  key->weights = weight_column(key->shape, key->layout, net);
  key->table_out = table_out_column(key->shape, key->layout, net);
  SOTTO_TRY_STATUS(check_public_columns(key->shape, key->layout, key->weights, key->table_out));
  key->vk.judge_file = judge::judge_digest(net);
  key->vk.development = key->srs->development;
  key->vk.max_score = judge::max_score(net);
  key->vk.shape = key->shape;
  key->vk.weights = zk::msm(key->srs->g1, key->weights).to_affine();
  key->vk.table_out = zk::msm(key->srs->g1, key->table_out).to_affine();
  key->vk.g2 = key->srs->g2;
  return std::shared_ptr<const ProvingKey>(std::move(key));
}

const VerifyingKey& verifying_key(const ProvingKey& key) { return key.vk; }

}  // namespace sotto::claim
