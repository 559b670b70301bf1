// SPDX-License-Identifier: Apache-2.0
// The powers of all bins: the DFT of a network, made ready once. The matrix is data, any integers; but where its columns
// are symmetric about the middle of the window, and equal up to sign on every second sample, as rounded windowed cosines
// and sines mostly are, four times fewer products do. Whatever breaks a symmetry is added as single terms: always exact.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/cpu_path.h"
#include "judge/net/frame_kernels.h"
#include "judge/net/network.h"

namespace sotto::judge {

class Spectrum {
 public:
  // Keeps a pointer to net.
  Spectrum(const Network& net, CpuPath path);

  // power[bin][i] = D[2 bin]^2 + D[2 bin + 1]^2 of frame first + i, i < kFrameBlock. Frames that would read behind the
  // last sample read zeros there.
  void block(std::span<const uint8_t> samples, size_t first_frame, uint64_t* power) const;
  // The work per frame, in products: what the symmetries save.
  size_t cost() const { return plan_.cost(); }

 private:
  // The columns of the DFT restricted to some places of the window, each kept once up to sign.
  struct Part {
    std::vector<WindowInput> inputs;   // an even number
    std::vector<int16_t> rows;         // [row][inputs]
    size_t first_row = 0, row_count = 0;
  };
  struct Plan {
    std::vector<Part> parts;
    std::vector<uint32_t> single;      // places of the window that are rows of their own, after those of the parts
    std::vector<Term> terms;
    std::vector<uint32_t> first_term;
    size_t row_count() const;
    size_t cost() const;
  };
  class PlanMaker;

  uint32_t place(size_t l) const;
  void lay_out(std::span<const uint8_t> samples, size_t first_frame, int16_t* x) const;
  void block_wide(std::span<const uint8_t> samples, size_t first_frame, uint64_t* power) const;

  const Network* net_;
  CpuPath path_;
  bool narrow_ = false;   // weights fit 16 bits and D fits 32: the kernels apply
  Plan plan_;
  std::vector<int32_t> bias_;
};

}  // namespace sotto::judge
