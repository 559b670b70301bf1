// SPDX-License-Identifier: Apache-2.0
// Source text -> Program (lexer, parser, compiler with folding and common subexpressions), and back to source.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sound/bytebeat/program.h"

namespace sotto::sound {

// What a player makes of the formula's value: its low byte, or in signed mode that of value + 128. The addition is part of the
// program, so render, score and proof need not know.
enum class SampleMode : uint8_t { kBytebeat, kSigned };

// Errors name the construct and its position ("line 1, column 12: ..."). Never crashes or hangs on any input.
Result<Program> compile(std::string_view source, SampleMode mode = SampleMode::kBytebeat);

// Source text that compiles to a program with the same samples.
std::string to_source(const Program& program);
// The machine's sine of an angle, as an expression of the language: exactly what Op::kSine gives.
std::string sine_source(const std::string& angle);

// A *.song file: header lines "# key: value", then source.
struct Song {
  std::string name, author;
  std::string source;
  Program program;
  SampleMode mode = SampleMode::kBytebeat;
  unsigned sample_rate = kSampleRate;  // at which its author meant it to be played; a claim is always about 8 kHz
};
Result<Song> read_song(const std::string& path_or_dash);  // "-" reads stdin
Result<Song> parse_song(std::string_view text);

}  // namespace sotto::sound
