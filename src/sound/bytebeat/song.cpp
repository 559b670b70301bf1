// SPDX-License-Identifier: Apache-2.0
// The *.song file: header lines "# key: value", then source.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/bytes.h"
#include "sound/bytebeat/compile.h"

namespace sotto::sound {
namespace {

constexpr size_t kMaxFile = 1 << 20;

std::string_view trimmed(std::string_view s) {
  const size_t first = s.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_binary(std::string_view text) {
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v') return true;
    if (byte == 0x7f || byte == 0xff || byte == 0xfe || byte == 0xc0) return true;  // never part of UTF-8 text
  }
  return false;
}

Result<Bytes> read_stdin() {
  Bytes out;
  uint8_t buffer[1 << 14];
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return input_error(std::string("cannot read standard input: ").append(std::strerror(errno)));
    if (n == 0) return out;
    out.insert(out.end(), buffer, buffer + n);
    if (out.size() > kMaxFile) return input_error("standard input is longer than any song (1 MiB)");
  }
}

// By the names of Dollchan's composer, or short.
Status read_mode(std::string_view value, Song& song) {
  if (value == "bytebeat" || value == "Bytebeat") return ok_status();
  if (value != "signed" && value != "Signed Bytebeat") {
    return input_error("'# mode: " + std::string(value) + "' is not supported; modes are bytebeat and signed");
  }
  song.mode = SampleMode::kSigned;
  return ok_status();
}

constexpr unsigned kMaxRate = 384000;

// Reads one header line into the song. Unknown keys are for people and other tools.
Status read_header_line(std::string_view line, Song& song) {
  line.remove_prefix(1);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return ok_status();
  const std::string_view key = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
  if (key == "name") song.name = value;
  if (key == "author") song.author = value;
  if (key == "mode") return read_mode(value, song);
  if (key != "sample-rate") return ok_status();
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), song.sample_rate);
  if (error == std::errc{} && end == value.data() + value.size() && song.sample_rate >= 1 && song.sample_rate <= kMaxRate) return ok_status();
  return input_error("'# sample-rate: " + std::string(value) + "' is no rate; write a whole number of Hz from 1 to " + std::to_string(kMaxRate));
}

}  // namespace

Result<Song> parse_song(std::string_view text) {
  if (text.size() > kMaxFile) return input_error("this is longer than any song (1 MiB)");
  if (is_binary(text)) return input_error("this is not a song but binary data; a *.song file is text: '# name: ...' lines, then a formula");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Song song;
  size_t at = 0;
  // The source keeps the line numbers of the file: header lines become empty lines for the compiler.
  std::string numbered;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at));
    if (!line.empty() && line[0] != '#') break;
    if (!line.empty()) SOTTO_TRY_STATUS(read_header_line(line, song));
    numbered += '\n';
    at = std::min(end + 1, text.size());
  }
  song.source = trimmed(text.substr(at));
  numbered += text.substr(at);
  SOTTO_TRY(song.program, compile(numbered, song.mode));
  return song;
}

Result<Song> read_song(const std::string& path_or_dash) {
  const bool from_stdin = path_or_dash == "-";
  SOTTO_TRY(Bytes bytes, from_stdin ? read_stdin() : read_file(path_or_dash, kMaxFile));
  Result<Song> song = parse_song({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (song.ok()) return song;
  return Error{song.error().kind, std::string(from_stdin ? "standard input" : path_or_dash).append(": ").append(song.error().message)};
}

}  // namespace sotto::sound
