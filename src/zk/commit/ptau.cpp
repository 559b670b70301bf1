// SPDX-License-Identifier: Apache-2.0
// Phase-1 files of snarkjs (all integers little-endian): "ptau", u32 version = 1, u32 number of sections; each section: u32
// type, u64 length, data. Points are affine Montgomery limbs with R = 2^256, as ours; coordinates in G2 are c0, c1.
//   section 1: u32 32, q (32 bytes), u32 power, u32 power of the ceremony      section 2: [tau^i]_1, i < 2^(power+1) - 1
//   section 3: [tau^i]_2, i < 2^power
#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>

#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/commit/input_file.h"
#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
constexpr uint32_t kMaxSections = 1000;
constexpr uint64_t kG1Size = 64, kG2Size = 128;

struct Section {
  uint64_t offset, length;
};

class PtauReader {
 public:
  PtauReader(const InputFile& file, std::string path) : file_(file), path_(std::move(path)) {}

  Result<Srs> read(unsigned log_size) {
    SOTTO_TRY_STATUS(read_sections());
    SOTTO_TRY(const unsigned power, read_power());
    if (power <= kFoldBits) return refuse("holds 2^" + std::to_string(power) + " powers, an opening needs 2^" + std::to_string(kFoldBits + 1));
    if (log_size > power) return refuse("holds 2^" + std::to_string(power) + " powers, 2^" + std::to_string(log_size) + " are needed");
    SOTTO_TRY(const Section g1, section(2, "tauG1", ((uint64_t{2} << power) - 1) * kG1Size));
    SOTTO_TRY(const Section g2, section(3, "tauG2", (uint64_t{1} << power) * kG2Size));
    Srs srs;
    srs.g1 = huge_vector<G1Affine>(size_t{1} << log_size);
    SOTTO_TRY_STATUS(read_g1(g1.offset, srs.g1));
    SOTTO_TRY(const G2Affine generator, read_g2(g2.offset));
    if (generator != G2Affine::generator()) return refuse("does not begin with the generator of G2");
    SOTTO_TRY(srs.g2.tau, read_g2(g2.offset + kG2Size));
    SOTTO_TRY(srs.g2.fold, read_g2(g2.offset + (kG2Size << kFoldBits)));
    return srs;
  }

 private:
  Error refuse(const std::string& why) const { return input_error(path_ + " " + why); }
  Error truncated() const { return refuse("is truncated"); }

  template <class T>
  bool read_integer(uint64_t offset, T& value) const {
    uint8_t b[sizeof(T)];
    if (!file_.read_at(offset, b)) return false;
    value = 0;
    for (size_t i = sizeof(T); i-- > 0;) value = static_cast<T>(value << 8 | b[i]);
    return true;
  }

  Status read_sections() {
    uint8_t magic[4];
    uint32_t version = 0, count = 0;
    if (!file_.read_at(0, magic) || std::memcmp(magic, "ptau", 4) != 0) return refuse("is not a powers-of-tau file (*.ptau)");
    if (!read_integer(4, version) || !read_integer(8, count)) return truncated();
    if (version != 1) return refuse("has format version " + std::to_string(version) + ", only 1 is known");
    if (count > kMaxSections) return refuse("claims to have " + std::to_string(count) + " sections");
    uint64_t at = 12;
    for (uint32_t i = 0; i < count; i++) {
      uint32_t type = 0;
      uint64_t length = 0;
      if (!read_integer(at, type) || !read_integer(at + 4, length)) return truncated();
      at += 12;
      if (length > file_.size() - at) return truncated();
      if (!sections_.emplace(type, Section{at, length}).second) return refuse("has two sections of type " + std::to_string(type));
      at += length;
    }
    return ok_status();
  }

  Result<Section> section(uint32_t type, const char* name, uint64_t length) const {
    const auto found = sections_.find(type);
    if (found == sections_.end()) return refuse(std::string("has no section ") + name);
    if (found->second.length != length)
      return refuse(std::string("has a section ") + name + " of " + std::to_string(found->second.length) + " bytes instead of " +
                    std::to_string(length));
    return found->second;
  }

  Result<unsigned> read_power() const {
    SOTTO_TRY(const Section header, section(1, "header", 44));
    uint32_t size = 0, power = 0;
    detail::Limbs prime{};
    bool ok = read_integer(header.offset, size) && read_integer(header.offset + 36, power);
    for (size_t i = 0; i < 4; i++) ok = ok && read_integer(header.offset + 4 + 8 * i, prime[i]);
    if (!ok) return truncated();
    if (size != 32 || prime != Fq::kModulus) return refuse("is for another curve than BN254");
    if (power < 1 || power > kMaxLogSize) return refuse("has the impossible power " + std::to_string(power));
    return unsigned{power};
  }

  Status read_g1(uint64_t offset, std::span<G1Affine> out) const {
    std::atomic<size_t> bad = out.size();
    std::atomic<bool> complete = true;
    parallel_for(out.size(), [&](size_t begin, size_t end, unsigned) {
      const auto part = out.subspan(begin, end - begin);
      if (!file_.read_points_at(offset + kG1Size * begin, part)) complete = false;
      const size_t at = begin + static_cast<size_t>(std::find_if_not(part.begin(), part.end(), is_power_of_tau) - part.begin());
      size_t first = bad;
      while (at < end && at < first && !bad.compare_exchange_weak(first, at)) {
      }
    }, 4096);
    if (!complete) return truncated();
    if (bad < out.size()) return refuse("is invalid: [tau^" + std::to_string(bad) + "]_1 is infinity or not on the curve");
    return ok_status();
  }

  Result<G2Affine> read_g2(uint64_t offset) const {
    detail::Limbs v[4] = {};
    for (size_t i = 0; i < 16; i++)
      if (!read_integer(offset + 8 * i, v[i / 4][i % 4])) return truncated();
    for (const auto& coordinate : v)
      if (!detail::less(coordinate, Fq::kModulus)) return refuse("is invalid: a coordinate in G2 is not below the modulus");
    const G2Affine p{{Fq::raw(v[0]), Fq::raw(v[1])}, {Fq::raw(v[2]), Fq::raw(v[3])}};
    if (p.is_infinity() || !p.is_in_subgroup()) return refuse("is invalid: a point of section tauG2 is not in the group G2");
    return p;
  }

  const InputFile& file_;
  std::string path_;
  std::map<uint32_t, Section> sections_;
};

// Setups whose trapdoor is public or was never destroyed, by their digest with development = false.
bool is_known_test_setup(const Srs& srs) {
  // The 2^14 test ceremony of the project's data folder: one contribution of unrecorded entropy and a constant beacon.
  static const char* const kTestCeremonies[] = {
      "0x4abc4c4ef3cc381ba4675352f584a9386aa27e2d947dcfe1cf5e269538313d21"};
  const std::string digest = to_hex(srs_digest(srs));
  return srs.g1[1] == make_development_srs(1).g1[1] ||
         std::find(std::begin(kTestCeremonies), std::end(kTestCeremonies), digest) != std::end(kTestCeremonies);
}
}  // namespace

Result<Srs> read_ptau(const std::string& path, unsigned log_size) {
  if (log_size < 1 || log_size > kMaxLogSize) return usage_error("a setup has 2^1 to 2^28 powers");
  SOTTO_TRY(const auto file, InputFile::open(path));
  SOTTO_TRY(Srs srs, PtauReader(*file, path).read(log_size));
  srs.development = is_known_test_setup(srs);
  srs.digest = srs_digest(srs);
  if (const Status valid = check_srs(srs); !valid.ok()) return Error{valid.error().kind, path + ": " + valid.error().message};
  return srs;
}

}  // namespace sotto::zk
