// SPDX-License-Identifier: Apache-2.0
// The order of the transcript as docs/protocol.md, section 8, tells it: its table, read and counted out for a shape.
#pragma once
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "support/proof_map.h"

namespace sotto {

inline std::string text_of(const std::string& file) {
  std::ifstream in(std::string(SOTTO_SOURCE_DIR) + "/" + file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A row of the table: what is absorbed, and the names of the challenges behind it.
struct DocumentedSlice {
  std::string slice;
  std::vector<std::string> challenges;
};
inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (char ch : text + separator) {
    depth += (ch == '(') - (ch == ')');
    if (ch == separator && depth == 0) {
      const size_t from = part.find_first_not_of(' '), to = part.find_last_not_of(' ');
      if (from != std::string::npos) parts.push_back(part.substr(from, to - from + 1));
      part.clear();
    } else {
      part += ch;
    }
  }
  return parts;
}
inline std::vector<DocumentedSlice> documented_slices() {
  std::istringstream page(text_of("docs/protocol.md"));
  std::vector<DocumentedSlice> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| bytes from | slice |"))
      inside = true;
    else if (inside && !line.starts_with("|"))
      break;
    else if (inside && !line.starts_with("|-")) {
      const std::vector<std::string> cells = split(line, '|');
      SOTTO_CHECK(cells.size() == 3);
      // "C_v; C_w" with "z; delta" are two rows in one
      const std::vector<std::string> slices = split(cells[1], ';'), challenges = split(cells[2], ';');
      for (size_t i = 0; i < std::max(slices.size(), challenges.size()); i++)
        rows.push_back({slices.size() == challenges.size() ? slices[i] : cells[1],
                        split(challenges.at(std::min(i, challenges.size() - 1)), ',')});
    }
  }
  return rows;
}

// How many challenges a name of the table stands for.
inline size_t count_of(const std::string& name, const claim::Shape& s, const claim::Layout& l) {
  size_t layers = 0;
  for (const claim::ConvShape& c : s.conv) layers += c.out_frame_bits + c.out_channel_bits;
  const std::map<std::string, size_t> counts = {{"gamma", 1},
                                                {"beta", 1},
                                                {"r_k", s.slot_bits},
                                                {"r_t", s.sample_bits},
                                                {"chi (3)", 3},
                                                {"spectrum (i, c)", s.frame_bits + s.dft_bits},
                                                {"mel (i, b)", s.frame_bits + s.band_bits},
                                                {"per layer (i, c)", layers},
                                                {"s", s.source_bits},
                                                {"alpha", 1},
                                                {"tau (n)", l.log_n},
                                                {"rho", 1},
                                                {"u_i", 1},
                                                {"lambda", 1},
                                                {"mu", 1},
                                                {"x*_i", 1},
                                                {"kappa", 1},
                                                {"opening's alpha", 1},
                                                {"opening's gamma", 1},
                                                {"zeta", 1},
                                                {"nu", 1},
                                                {"z", 1},
                                                {"delta", 1},
                                                {"none", 0}};
  const auto it = counts.find(name);
  EXPECT_TRUE(it != counts.end()) << "docs/protocol.md names a challenge that this test does not know: " << name;
  return it == counts.end() ? 0 : it->second;
}

// The slices in order, each with the number of challenges behind it: rounds are repeated.
struct TranscriptSite {
  ProofSlice slice;
  size_t challenges = 0;
};
inline std::vector<TranscriptSite> transcript_sites(const claim::Shape& s, const claim::Layout& l) {
  const ProofMap map(s, l);
  std::vector<TranscriptSite> all;
  for (const DocumentedSlice& row : documented_slices()) {
    size_t count = 0;
    for (const std::string& name : row.challenges) count += count_of(name, s, l);
    const size_t times = row.slice.find("round i") == std::string::npos ? 1 : l.log_n;
    for (size_t i = 0; i < times; i++) {
      if (all.size() == map.slices().size()) {
        ADD_FAILURE() << "docs/protocol.md has more slices than a proof";
        return all;
      }
      all.push_back({map.slices()[all.size()], count});
    }
  }
  EXPECT_EQ(all.size(), map.slices().size()) << "docs/protocol.md has fewer slices than a proof";
  return all;
}

}  // namespace sotto
