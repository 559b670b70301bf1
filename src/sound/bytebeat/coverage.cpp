// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/coverage.h"

#include <openssl/evp.h>

#include <cctype>

#include "base/bytes.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/reference.h"

namespace sotto::sound {
namespace {

// The corpus has hashes of JavaScript's samples, not the samples. Where the double arithmetic of reference.h has the same
// hash it stands in for them.
bool is_near(const CorpusSong& song, const RootedFormula& formula, const Samples& samples) {
  const Samples reference = render_reference(formula);
  if (sha256_hex(reference) != song.sha256) return false;
  size_t different = 0;
  for (size_t i = 0; i < samples.size(); i++) different += samples[i] != reference[i];
  return different * 100 <= samples.size();
}

// Names that a message quotes because the song invented them.
bool keeps_names(std::string_view message) {
  return message.find("has no value") == std::string_view::npos && message.find("depends on a condition") == std::string_view::npos &&
         message.find("is no function") == std::string_view::npos;
}

}  // namespace

std::string sha256_hex(const Samples& samples) {
  uint8_t digest[32];
  unsigned size = 0;
  SOTTO_CHECK(EVP_Digest(samples.data(), samples.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return to_hex(ByteSpan(digest, size)).substr(2);
}

std::string general_reason(std::string_view message) {
  if (message.starts_with("line ")) message.remove_prefix(std::min(message.find(": ") + 2, message.size()));
  message = message.substr(0, message.find(';'));
  const bool names = keeps_names(message);
  std::string reason;
  bool quoted = false;
  for (size_t i = 0; i < message.size(); i++) {
    const char c = message[i];
    if (c == '\'' && !names) {
      if (!quoted) reason += "a name";
      quoted = !quoted;
    } else if (std::isdigit(static_cast<unsigned char>(c))) {
      if (reason.empty() || reason.back() != 'N') reason += 'N';
    } else if (!quoted) {
      reason += c;
    }
  }
  return reason;
}

SongCoverage measure_song(const CorpusSong& song) {
  SongCoverage result;
  const Result<Program> program = compile(song.code);
  if (!program.ok()) {
    result.reason = program.error().message;
    return result;
  }
  result.compiles = true;
  const Result<SizeClass> size = smallest_class(*program);
  const bool small_table = program->table.size() <= kCoverageTable;
  if (!size.ok()) result.reason = size.error().message;
  if (size.ok() && !small_table) result.reason = "the song's tables have more than " + std::to_string(kCoverageTable) + " entries";
  if (size.ok() && small_table) result.slots = size->slots;
  const Result<RootedFormula> formula = compile_formula(song.code);
  result.random = formula.ok() && noises_heard(*formula) > 0;
  if (song.sha256.empty() || result.random) return result;
  const Samples samples = render(*program);
  result.exact = sha256_hex(samples) == song.sha256;
  result.near = result.exact || (formula.ok() && is_near(song, *formula, samples));
  return result;
}

void Coverage::add(const SongCoverage& song) {
  songs++;
  compiles += song.compiles;
  if (song.slots == 0) return;
  fits16 += song.slots <= 16;
  fits32 += song.slots <= 32;
  fits64 += song.slots <= 64;
  random += song.random;
  exact += song.exact;
  near += song.near;
}

void CoverageReport::add(const CorpusSong& song, const SongCoverage& coverage) {
  all.add(coverage);
  if (song.classic) classic.add(coverage);
  if (song.characters <= 64) le64.add(coverage);
  if (song.characters <= 256) le256.add(coverage);
  if (!coverage.reason.empty()) reasons[general_reason(coverage.reason)]++;
}

}  // namespace sotto::sound
