// SPDX-License-Identifier: Apache-2.0
#include "sound/share/link.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "sound/share/packing.h"

namespace sotto::sound {
namespace {

constexpr const char* kDollchanModes[] = {"Bytebeat", "Signed Bytebeat", "Floatbeat", "Funcbeat"};
constexpr const char* kHtml5Modes[] = {"Bytebeat", "Floatbeat", "Signed Bytebeat"};

template <size_t N>
int index_of(const char* const (&modes)[N], const std::string& mode) {
  const auto found = std::find(std::begin(modes), std::end(modes), mode);
  return found == std::end(modes) ? -1 : static_cast<int>(found - std::begin(modes));
}

ByteSpan bytes_of(const std::string& text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

Result<SharedSong> read_dollchan(std::string_view packed) {
  SOTTO_TRY(const Bytes bytes, from_base64(packed));
  if (bytes.size() < 6 || bytes[0] >= std::size(kDollchanModes)) return input_error("the link is damaged: it is too short or names an unknown mode");
  const uint32_t rate = uint32_t{bytes[1]} | uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]} << 16 | uint32_t{bytes[4]} << 24;
  SOTTO_TRY(const Bytes code, inflate_raw(ByteSpan(bytes).subspan(5)));
  SharedSong song{text_of(code), static_cast<double>(std::bit_cast<float>(rate)), kDollchanModes[bytes[0]]};
  if (!(song.sample_rate >= 1 && song.sample_rate <= 1e6)) return input_error("the link is damaged: its sample rate is none");
  return song;
}

// The value of a key=value pair of the fragment; empty if there is none.
std::string field(std::string_view fragment, std::string_view key) {
  while (!fragment.empty()) {
    const std::string_view pair = fragment.substr(0, fragment.find('&'));
    fragment.remove_prefix(std::min(pair.size() + 1, fragment.size()));
    if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=') return std::string(pair.substr(key.size() + 1));
  }
  return {};
}

Result<SharedSong> read_html5bytebeat(std::string_view fragment) {
  const std::string mode = field(fragment, "t"), notation = field(fragment, "e"), rate = field(fragment, "s");
  const int m = std::atoi(mode.c_str());
  if (m < 0 || m >= static_cast<int>(std::size(kHtml5Modes))) return input_error("the link names an unknown mode");
  if (std::atoi(notation.c_str()) != 0) {
    return input_error("the song of this link is written in postfix, glitch or function notation; Sotto reads infix formulas");
  }
  SOTTO_TRY(const Bytes packed, from_hex_digits(field(fragment, "bb")));
  SOTTO_TRY(const Bytes code, lzma_unpack(packed));
  const double hertz = rate.empty() ? 8000 : std::atof(rate.c_str());
  if (!(hertz >= 1 && hertz <= 1e6)) return input_error("the link is damaged: its sample rate is none");
  return SharedSong{text_of(code), hertz, kHtml5Modes[m]};
}

}  // namespace

Result<SharedSong> read_link(std::string_view link) {
  while (!link.empty() && (link.back() == '\n' || link.back() == '\r' || link.back() == ' ')) link.remove_suffix(1);
  const size_t hash = link.find('#');
  const std::string_view fragment = hash == std::string_view::npos ? std::string_view() : link.substr(hash + 1);
  if (fragment.size() > kMaxShared) return input_error("this link is longer than any song");
  if (fragment.starts_with("4")) return read_dollchan(fragment.substr(1));
  if (!field(fragment, "bb").empty()) return read_html5bytebeat(fragment);
  return input_error("this is no share link of Dollchan's composer (...#4...) or of html5bytebeat (...#t=0&e=0&s=8000&bb=...)");
}

Result<std::string> dollchan_link(const SharedSong& song) {
  const int mode = index_of(kDollchanModes, song.mode);
  if (mode < 0) return input_error("Dollchan's composer has no mode " + song.mode);
  const uint32_t rate = std::bit_cast<uint32_t>(static_cast<float>(song.sample_rate));
  Bytes bytes = {static_cast<uint8_t>(mode)};
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(rate >> shift));
  SOTTO_TRY(const Bytes code, deflate_raw(bytes_of(song.code)));
  bytes.insert(bytes.end(), code.begin(), code.end());
  return "https://dollchan.net/bytebeat/#4" + base64(bytes);
}

Result<std::string> html5bytebeat_link(const SharedSong& song) {
  const int mode = index_of(kHtml5Modes, song.mode);
  if (mode < 0) return input_error("html5bytebeat has no mode " + song.mode);
  SOTTO_TRY(const Bytes code, lzma_pack(bytes_of(song.code)));
  char head[64];
  std::snprintf(head, sizeof head, "#t=%d&e=0&s=%.10g&bb=", mode, song.sample_rate);
  return "https://greggman.com/downloads/examples/html5bytebeat/html5bytebeat.html" + std::string(head) + to_hex(ByteSpan(code)).substr(2);
}

}  // namespace sotto::sound
