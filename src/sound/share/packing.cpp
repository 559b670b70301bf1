// SPDX-License-Identifier: Apache-2.0
#include "sound/share/packing.h"

#include <lzma.h>
#include <zlib.h>

#include <cctype>

namespace sotto::sound {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error damaged() { return input_error("the link is damaged: what it carries cannot be unpacked"); }

// Runs a zlib stream over the whole input.
template <class Step>
Result<Bytes> pump(z_stream& stream, ByteSpan bytes, Step step) {
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  Bytes out;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    uint8_t buffer[1 << 14];
    stream.next_out = buffer;
    stream.avail_out = sizeof buffer;
    status = step(&stream, Z_FINISH);
    out.insert(out.end(), buffer, buffer + (sizeof buffer - stream.avail_out));
    const bool going_on = status == Z_STREAM_END || ((status == Z_OK || status == Z_BUF_ERROR) && stream.avail_out == 0);
    if (!going_on || out.size() > kMaxShared) return damaged();
  }
  return out;
}

Result<Bytes> run_lzma(lzma_stream& stream, ByteSpan bytes) {
  stream.next_in = bytes.data();
  stream.avail_in = bytes.size();
  Bytes out;
  for (lzma_ret status = LZMA_OK; status != LZMA_STREAM_END;) {
    uint8_t buffer[1 << 14];
    stream.next_out = buffer;
    stream.avail_out = sizeof buffer;
    status = lzma_code(&stream, LZMA_FINISH);
    out.insert(out.end(), buffer, buffer + (sizeof buffer - stream.avail_out));
    const bool going_on = status == LZMA_STREAM_END || (status == LZMA_OK && stream.avail_out == 0);
    if (!going_on || out.size() > kMaxShared) return damaged();
  }
  return out;
}

}  // namespace

std::string base64(ByteSpan bytes) {
  std::string text;
  uint32_t bits = 0;
  unsigned count = 0;
  for (uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) text += kDigits[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes bytes;
  uint32_t bits = 0;
  unsigned count = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return input_error("the link is damaged: a character of it is no base64");
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<uint8_t>(bits >> count));
  }
  return bytes;
}

Result<Bytes> from_hex_digits(std::string_view text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    if (!std::isxdigit(static_cast<unsigned char>(text[i])) || !std::isxdigit(static_cast<unsigned char>(text[i + 1]))) return damaged();
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

Result<Bytes> deflate_raw(ByteSpan bytes) {
  z_stream stream{};
  SOTTO_CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  Result<Bytes> out = pump(stream, bytes, deflate);
  deflateEnd(&stream);
  return out;
}

Result<Bytes> inflate_raw(ByteSpan bytes) {
  z_stream stream{};
  SOTTO_CHECK(inflateInit2(&stream, -MAX_WBITS) == Z_OK);
  Result<Bytes> out = pump(stream, bytes, inflate);
  inflateEnd(&stream);
  return out;
}

Result<Bytes> lzma_pack(ByteSpan bytes) {
  lzma_options_lzma options;
  SOTTO_CHECK(!lzma_lzma_preset(&options, 6));
  options.dict_size = 1 << 16;  // as the player's own encoder
  lzma_stream stream = LZMA_STREAM_INIT;
  SOTTO_CHECK(lzma_alone_encoder(&stream, &options) == LZMA_OK);
  Result<Bytes> out = run_lzma(stream, bytes);
  lzma_end(&stream);
  return out;
}

Result<Bytes> lzma_unpack(ByteSpan bytes) {
  lzma_stream stream = LZMA_STREAM_INIT;
  SOTTO_CHECK(lzma_alone_decoder(&stream, uint64_t{1} << 27) == LZMA_OK);
  Result<Bytes> out = run_lzma(stream, bytes);
  lzma_end(&stream);
  return out;
}

}  // namespace sotto::sound
