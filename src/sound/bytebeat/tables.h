// SPDX-License-Identifier: Apache-2.0
// The tables of a song, made integer and laid out in the one private table of its program.
#pragma once
#include <vector>

#include "base/result.h"
#include "sound/bytebeat/formula.h"
#include "sound/bytebeat/program.h"

namespace sotto::sound {

struct PackedTable {
  uint32_t offset = 0;           // of entry 0 in the private table
  uint32_t size = 0;             // entries; 0 for a table that nobody reads
  int64_t denominator = 1;       // entry i stands for words[i] / denominator
  std::vector<uint32_t> words;   // without zeros at the end
  bool last = false;             // nothing but zeros follows it
  // Several entries in one word: entry i is bits i bits .. of the word at offset + i / (32 / bits), plus bias.
  unsigned bits = 32;            // a power of two
  int32_t bias = 0;
  // A table of pitches, whose entries only multiply integers: the entry's so many low bits are multiplied on their own.
  unsigned low_bits = 0;
  double lo = 0, hi = 0;         // of what it stands for, 0 included
};

struct TableOptions {
  size_t room = kMaxTable;       // as many tables as it takes to come down to so many words have several entries in one word
  bool pitches = true;           // with low_bits where they apply
};

struct TableLayout {
  std::vector<uint32_t> words;      // the private table
  std::vector<PackedTable> tables;  // by the formula's table numbers
};

// The layout of the tables that live terms read. An error if they do not fit.
Result<TableLayout> lay_out_tables(const Formula& formula, const std::vector<bool>& live, const TableOptions& options);

// Whether a table has an entry that no denominator of kSmallDenominator or less makes an integer, such as 2**(7/12).
bool is_pitch_table(const std::vector<double>& table);

}  // namespace sotto::sound
