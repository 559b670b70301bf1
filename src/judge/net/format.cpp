// SPDX-License-Identifier: Apache-2.0
// *.judge files. docs/judge-format.md gives the byte layout. One network has exactly one encoding: every array is stored
// with the smallest width that holds its largest value, and the decoder refuses any other.
#include <algorithm>
#include <limits>
#include <string>

#include "base/keccak.h"
#include "judge/net/limits.h"
#include "judge/net/network.h"

namespace sotto::judge {
namespace {

constexpr uint8_t kMagic[8] = {'S', 'O', 'T', 'T', 'O', 'J', 'D', 'G'};
constexpr uint32_t kVersion = 1;

// The bytes that a little-endian two's complement (signed T) or plain (unsigned T) number needs: 1, 2, 4 or 8.
template <class T>
unsigned width_of(T value) {
  for (unsigned bytes : {1u, 2u, 4u}) {
    const unsigned bits = 8 * bytes;
    if constexpr (std::is_signed_v<T>) {
      if (int64_t{value} >= -(int64_t{1} << (bits - 1)) && int64_t{value} < (int64_t{1} << (bits - 1))) return bytes;
    } else {
      if (uint64_t{value} < (uint64_t{1} << bits)) return bytes;
    }
  }
  return 8;
}

template <class T>
unsigned width_of(const std::vector<T>& values) {
  unsigned width = 1;
  for (T v : values) width = std::max(width, width_of(v));
  return width;
}

class Writer {
 public:
  void number(uint64_t v, unsigned width) {
    for (unsigned i = 0; i < width; i++) out_.push_back(static_cast<uint8_t>(v >> (8 * i)));
  }
  void u32(uint32_t v) { number(v, 4); }
  template <class T>
  void array(const std::vector<T>& values) {
    const unsigned width = width_of(values);
    u32(static_cast<uint32_t>(values.size()));
    number(width, 1);
    for (T v : values) number(static_cast<uint64_t>(v), width);
  }
  void raw(ByteSpan bytes) { append(out_, bytes); }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Reads with sticky failure: after the first error everything reads as zero or empty, and error() says what was wrong.
class Reader {
 public:
  explicit Reader(ByteSpan bytes) : bytes_(bytes) {}

  uint64_t number(unsigned width, const char* what) {
    if (!need(width, what)) return 0;
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++) v |= uint64_t{bytes_[at_ + i]} << (8 * i);
    at_ += width;
    return v;
  }
  uint32_t u32(const char* what) { return static_cast<uint32_t>(number(4, what)); }

  ByteSpan raw(uint64_t size, const char* what) {
    if (!need(size, what)) return {};
    ByteSpan part = bytes_.subspan(at_, size);
    at_ += size;
    return part;
  }

  // An array of exactly `expected` values. Memory is allocated only when the file really has that many.
  template <class T>
  std::vector<T> array(uint64_t expected, const char* what) {
    const uint64_t count = u32(what);
    const unsigned width = static_cast<unsigned>(number(1, what));
    if (failed()) return {};
    if (count != expected) {
      return fail<T>(std::string(what) + " has " + std::to_string(count) + " entries, the shape asks for " +
                     std::to_string(expected));
    }
    if (width > 8 || (width & (width - 1)) != 0 || width == 0) return fail<T>(std::string(what) + " has a bad width");
    if (!need(count * width, what)) return {};
    std::vector<T> values(count);
    for (T& v : values)
      if (!value(width, v)) return fail<T>(std::string(what) + " has an entry that is out of range");
    if (width_of(values) != width) return fail<T>(std::string(what) + " is not stored with the smallest width");
    return values;
  }

  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  bool at_end() const { return at_ == bytes_.size(); }
  void refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }

 private:
  bool need(uint64_t size, const char* what) {
    if (failed()) return false;
    if (size <= bytes_.size() - at_) return true;
    error_ = std::string("the file ends within ") + what;
    return false;
  }
  template <class T>
  std::vector<T> fail(std::string why) {
    refuse(std::move(why));
    return {};
  }
  // One entry, sign-extended for signed T; false if T cannot hold it.
  template <class T>
  bool value(unsigned width, T& out) {
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++) v |= uint64_t{bytes_[at_ + i]} << (8 * i);
    at_ += width;
    if constexpr (std::is_signed_v<T>) {
      const unsigned unused = 64 - 8 * width;
      const int64_t wide = static_cast<int64_t>(v << unused) >> unused;
      out = static_cast<T>(wide);
      return int64_t{out} == wide;
    } else {
      out = static_cast<T>(v);
      return uint64_t{out} == v;
    }
  }

  ByteSpan bytes_;
  uint64_t at_ = 0;
  std::string error_;
};

void write_scalars(Writer& w, const Network& net) {
  for (uint32_t v : {net.range_bits, net.sample_bits, net.samples, net.hop_bits, net.frames, net.bins, net.bands,
                     net.log_step, net.score_unit})
    w.u32(v);
  w.u32(static_cast<uint32_t>(net.conv.size()));
  for (const ConvLayer& layer : net.conv) w.u32(layer.out_channels);
}

// Channel and frame counts of the layers follow from the shape; only out_channels is stored.
void read_layers(Reader& r, Network& net) {
  const uint32_t layers = r.u32("the number of layers");
  if (layers < 1 || layers > kMaxLayers) r.refuse("the number of conv layers is not 1 to " + std::to_string(kMaxLayers));
  uint32_t frames = net.frames, channels = net.bands;
  for (uint32_t i = 0; i < layers && !r.failed(); i++) {
    ConvLayer layer;
    layer.in_channels = channels;
    layer.out_channels = r.u32("the channels of a layer");
    if (layer.out_channels < 1 || layer.out_channels > kMaxChannels) r.refuse("a layer has a bad number of channels");
    if (frames < 4) r.refuse("a conv layer has fewer than 4 input frames");
    layer.out_frames = (frames - 2) / 2;
    frames = layer.out_frames, channels = layer.out_channels;
    net.conv.push_back(std::move(layer));
  }
}

void read_scalars(Reader& r, Network& net) {
  for (uint32_t* v : {&net.range_bits, &net.sample_bits, &net.samples, &net.hop_bits, &net.frames, &net.bins, &net.bands,
                      &net.log_step, &net.score_unit})
    *v = r.u32("the shape");
  // What sizes the arrays; check_network looks at the rest.
  if (net.range_bits < kMinRangeBits || net.range_bits > kMaxRangeBits) r.refuse("range_bits is out of range");
  if (net.hop_bits > kMaxHopBits || net.bins > kMaxBins || net.bands > kMaxBands) r.refuse("the shape is too large");
  if (!r.failed()) read_layers(r, net);
}

void read_arrays(Reader& r, Network& net) {
  const uint64_t range = uint64_t{1} << net.range_bits, channels = 2 * uint64_t{net.bins};
  net.dft = r.array<int32_t>(2 * net.hop() * channels, "dft");
  net.dft_bias = r.array<int64_t>(channels, "dft_bias");
  net.mel = r.array<int32_t>(uint64_t{net.bins} * net.bands, "mel");
  net.log_table = r.array<uint32_t>(range / 2, "log_table");
  for (ConvLayer& layer : net.conv) {
    layer.weights = r.array<int32_t>(uint64_t{4} * layer.in_channels * layer.out_channels, "conv weights");
    layer.bias = r.array<int64_t>(layer.out_channels, "conv bias");
  }
  net.act_table = r.array<uint32_t>(range, "act_table");
  net.head_mean = r.array<int32_t>(net.conv.back().out_channels, "head_mean");
  net.head_square = r.array<int32_t>(net.conv.back().out_channels, "head_square");
  net.head_bias = static_cast<int64_t>(r.number(8, "head_bias"));
  net.score_table = r.array<uint32_t>(range, "score_table");
  const uint32_t card_size = r.u32("the card");
  if (card_size > kMaxCard) r.refuse("the card is too long");
  const ByteSpan card = r.raw(card_size, "the card");
  net.card.assign(card.begin(), card.end());
}

}  // namespace

Bytes encode_judge(const Network& net) {
  Writer w;
  w.raw(kMagic);
  w.u32(kVersion);
  write_scalars(w, net);
  w.array(net.dft);
  w.array(net.dft_bias);
  w.array(net.mel);
  w.array(net.log_table);
  for (const ConvLayer& layer : net.conv) {
    w.array(layer.weights);
    w.array(layer.bias);
  }
  w.array(net.act_table);
  w.array(net.head_mean);
  w.array(net.head_square);
  w.number(static_cast<uint64_t>(net.head_bias), 8);
  w.array(net.score_table);
  w.u32(static_cast<uint32_t>(net.card.size()));
  w.raw(ByteSpan(reinterpret_cast<const uint8_t*>(net.card.data()), net.card.size()));
  return w.take();
}

Result<Network> decode_judge(ByteSpan bytes) {
  Reader r(bytes);
  const ByteSpan magic = r.raw(sizeof kMagic, "the magic");
  if (r.failed() || !std::equal(magic.begin(), magic.end(), kMagic)) return input_error("not a judge file");
  if (const uint32_t version = r.u32("the version"); !r.failed() && version != kVersion) {
    return input_error("judge file of version " + std::to_string(version) + "; this build reads version " +
                       std::to_string(kVersion));
  }
  Network net;
  read_scalars(r, net);
  if (!r.failed()) read_arrays(r, net);
  if (!r.failed() && !r.at_end()) r.refuse("bytes follow after the end");
  if (r.failed()) return input_error("judge file refused: " + r.error());
  SOTTO_TRY_STATUS(check_network(net));
  return net;
}

Result<Network> read_judge(const std::string& path) {
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxFileSize));
  auto net = decode_judge(bytes);
  if (!net.ok()) return Error{net.error().kind, path + ": " + net.error().message};
  return net;
}

Bytes32 judge_digest(const Network& net) { return keccak256(encode_judge(net)); }

}  // namespace sotto::judge
