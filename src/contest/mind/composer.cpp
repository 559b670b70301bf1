// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/composer.h"

#include "sound/bytebeat/compile.h"

namespace sotto::contest {

std::optional<sound::Program> program_of(const Genome& genome, const sound::SizeClass& size) {
  auto program = sound::compile(to_source(genome));
  if (!program || !sound::fits(*program, size) || program->code.empty()) return {};
  return std::move(*program);
}

std::optional<Song> compose(const Genome& genome, const Listener& judge, const sound::SizeClass& size,
                            const std::function<bool(uint64_t)>& known) {
  auto program = program_of(genome, size);
  if (!program) return {};
  sound::Samples samples = sound::render(*program, judge.network().samples);
  const Impression impression = listen(samples);
  if (impression.silent || known(impression.fingerprint)) return {};
  Song song;
  song.source = to_source(genome);
  song.scored = {genome, judge.score(samples), static_cast<unsigned>(program->code.size()), impression};
  song.program = std::move(*program);
  song.samples = std::move(samples);
  return song;
}

Result<sound::SizeClass> size_class(unsigned slots) {
  for (const sound::SizeClass& size : sound::kSizeClasses)
    if (size.slots == slots) return size;
  return usage_error("size class must be 16, 32 or 64 instructions");
}

}  // namespace sotto::contest
