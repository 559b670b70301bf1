// SPDX-License-Identifier: Apache-2.0
// What every word of a proof is, by name: derived from the sizes that prover and verifier use (statement/transcript.h),
// never from offsets written down here.
#pragma once
#include <string>
#include <vector>

#include "base/check.h"
#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "zk/commit/opening.h"

namespace sotto {

// A point (64 bytes) or a scalar (32 bytes) of a proof.
struct ProofField {
  std::string name;
  size_t offset = 0;
  bool point = false;
  size_t bytes() const { return point ? 64 : 32; }
};
// What is absorbed at once; challenges follow.
struct ProofSlice {
  std::string name;
  size_t offset = 0, bytes = 0;
  std::vector<ProofField> fields;
};

class ProofMap {
 public:
  ProofMap(const claim::Shape& s, const claim::Layout& l) {
    using namespace claim;
    open("phase 1");
    for (unsigned c = 0; c < kPhase1Count; c++) point(kColumnNames[c]);
    scalar("mask sum");
    open("phase 2");
    for (unsigned c = kPhase1Count; c < kColumnCount; c++) point(kColumnNames[c]);
    rounds("main round ", l.log_n, kDegree);
    open("evaluations");
    for (unsigned c = 0; c < kColumnCount; c++)
      if (c != kZ1) scalar(std::string(kColumnNames[c]) + "(u)");
    scalar("Tout(u)");
    for (size_t i = 0; i < claim_count(s); i++) scalar("claim " + std::to_string(i));
    rounds("reduction round ", l.log_n, 2);
    open("finals");
    for (const char* name : {"F", "Prog", "Z1", "P"}) scalar(std::string(name) + "(x*)");
    add_opening();
    SOTTO_CHECK(end() == proof_sizes(s, l).total);
  }
  const std::vector<ProofSlice>& slices() const { return slices_; }
  std::vector<ProofField> fields() const {
    std::vector<ProofField> all;
    for (const ProofSlice& s : slices_) all.insert(all.end(), s.fields.begin(), s.fields.end());
    return all;
  }
  size_t end() const { return slices_.back().offset + slices_.back().bytes; }

 private:
  void open(const std::string& name) { slices_.push_back({name, slices_.empty() ? 0 : end(), 0, {}}); }
  void add(const std::string& name, bool is_point) {
    slices_.back().fields.push_back({name, end(), is_point});
    slices_.back().bytes += slices_.back().fields.back().bytes();
  }
  void point(const std::string& name) { add(name, true); }
  void scalar(const std::string& name) { add(name, false); }
  void rounds(const std::string& name, unsigned count, unsigned coefficients) {
    for (unsigned i = 0; i < count; i++) {
      open(name + std::to_string(i));
      for (unsigned c = 0; c < coefficients; c++)
        scalar(name + std::to_string(i) + ", coefficient " + std::to_string(c == 0 ? 0 : c + 1));
    }
  }
  void add_opening() {
    const auto slice = [&](const char* name, std::initializer_list<const char*> points) {
      open(name);
      for (const char* p : points) point(p);
    };
    slice("folded rows", {"C_h"});
    slice("quotient and remainder", {"C_q", "C_g"});
    slice("inner products", {"C_s", "C_d"});
    slice("values of the opening", {});
    for (const char* name : {"g(zeta)", "g(1/zeta)", "h(zeta)", "h(1/zeta)", "s(zeta)"}) scalar(name);
    slice("quotient of the values", {"C_v"});
    slice("witness", {"C_w"});
  }

  std::vector<ProofSlice> slices_;
};

}  // namespace sotto
