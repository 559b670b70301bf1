// SPDX-License-Identifier: Apache-2.0
// Our setup file, made for fast loading (all integers little-endian):
//   magic (16) | u32 version | u32 log_size | u32 development | u32 0 | powers in G2 (256)      header, 288 bytes
//   keccak256(header, checksums) (32) | checksums (32) of each chunk of 2^14 points | points: x, y as Montgomery limbs
// The checksums are independent, so threads check them side by side and a shorter prefix can be loaded alone. They find damage,
// not malice: whoever can write to the cache of a user owns that user anyway, and Keccak over 268 MB would take seconds.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/keccak.h"
#include "base/parallel.h"
#include "zk/commit/input_file.h"
#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
constexpr char kMagic[16] = "sotto setup\n";
constexpr uint32_t kVersion = 2;
constexpr size_t kHeaderSize = 288, kChunk = size_t{1} << 14;
constexpr unsigned kSmallestCached = 14;  // below, making a setup is as fast as loading it

size_t chunk_count(unsigned log_size) { return std::max<size_t>(1, (size_t{1} << log_size) / kChunk); }
size_t points_offset(unsigned log_size) { return kHeaderSize + 32 * (1 + chunk_count(log_size)); }
size_t file_size(unsigned log_size) { return points_offset(log_size) + (sizeof(G1Affine) << log_size); }

template <class Point>
std::span<Point> chunk_of(std::span<Point> points, size_t chunk) {
  return points.subspan(chunk * kChunk, std::min(kChunk, points.size() - chunk * kChunk));
}

// Four lanes of h <- rotate((h xor word) * odd): each step is a bijection of h and of the word, so one changed word always
// changes the result, and more of them cancel with probability 2^-64.
Bytes32 checksum(std::span<const G1Affine> points) {
  uint64_t lane[4] = {1, 2, 3, 4};
  auto step = [](uint64_t& h, uint64_t word) { h = std::rotl((h ^ word) * 0x9e3779b97f4a7c15, 29); };
  for (const G1Affine& p : points)
    for (size_t i = 0; i < 4; i++) {
      step(lane[i], p.x.montgomery()[i]);
      step(lane[i], p.y.montgomery()[i]);
    }
  Bytes text;
  for (const uint64_t h : lane) append(text, word_from_u64(h));
  return keccak256(text);
}

void put_u32(Bytes& out, uint32_t v) {
  for (int i = 0; i < 4; i++) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
}
uint32_t get_u32(ByteSpan b, size_t at) {
  uint32_t v = 0;
  for (size_t i = 4; i-- > 0;) v = v << 8 | b[at + i];
  return v;
}

struct Header {
  unsigned log_size = 0;
  Srs srs;          // without points
  Bytes checksums;
};

Result<Header> read_header(const InputFile& file, const std::string& path) {
  const Error damaged = input_error(path + " is not a setup file of Sotto or is damaged; make or import the setup again");
  Bytes fixed(kHeaderSize + 32);
  if (!file.read_at(0, fixed) || std::memcmp(fixed.data(), kMagic, sizeof kMagic) != 0) return damaged;
  if (const uint32_t version = get_u32(fixed, 16); version != kVersion)
    return input_error(path + " has version " + std::to_string(version) + ", this program reads version " + std::to_string(kVersion));
  Header h;
  h.log_size = get_u32(fixed, 20);
  const uint32_t development = get_u32(fixed, 24);
  if (h.log_size < 1 || h.log_size > kMaxLogSize || development > 1 || get_u32(fixed, 28) != 0) return damaged;
  h.checksums.resize(32 * chunk_count(h.log_size));
  if (!file.read_at(fixed.size(), h.checksums)) return damaged;
  Bytes hashed(fixed.begin(), fixed.begin() + kHeaderSize);
  append(hashed, h.checksums);
  const Bytes32 root = keccak256(hashed);
  if (!std::equal(root.begin(), root.end(), fixed.begin() + kHeaderSize)) return damaged;
  const auto tau = G2Affine::from_bytes(ByteSpan(fixed).subspan(32).first<128>());
  const auto fold = G2Affine::from_bytes(ByteSpan(fixed).subspan(160).first<128>());
  if (!tau || !fold) return damaged;
  h.srs.g2 = {*tau, *fold};
  h.srs.development = development == 1;
  return h;
}
}  // namespace

Status write_srs(const Srs& srs, const std::string& path) {
  const unsigned log_size = srs.log_size();
  Bytes header(kMagic, kMagic + sizeof kMagic);
  for (const uint32_t v : {kVersion, uint32_t{log_size}, uint32_t{srs.development}, uint32_t{0}}) put_u32(header, v);
  append(header, srs.g2.to_bytes());
  SOTTO_CHECK(header.size() == kHeaderSize);
  Bytes checksums(32 * chunk_count(log_size));
  parallel_for(chunk_count(log_size), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      const Bytes32 sum = checksum(chunk_of(std::span(srs.g1), i));
      std::copy(sum.begin(), sum.end(), checksums.begin() + static_cast<ptrdiff_t>(32 * i));
    }
  });
  Bytes hashed = header;
  append(hashed, checksums);
  Bytes file;
  file.reserve(file_size(log_size));
  append(file, header);
  append(file, keccak256(hashed));
  append(file, checksums);
  append(file, {reinterpret_cast<const uint8_t*>(srs.g1.data()), srs.g1.size() * sizeof(G1Affine)});
  return write_file_atomically(path, file);
}

Result<Srs> read_srs(const std::string& path, unsigned log_size) {
  SOTTO_CHECK(log_size >= 1 && log_size <= kMaxLogSize);
  SOTTO_TRY(const auto file, InputFile::open(path));
  SOTTO_TRY(Header header, read_header(*file, path));
  if (file->size() != file_size(header.log_size))
    return input_error(path + " is truncated or too long: " + std::to_string(file->size()) + " bytes instead of " +
                       std::to_string(file_size(header.log_size)));
  if (header.log_size < log_size)
    return input_error(path + " holds 2^" + std::to_string(header.log_size) + " powers, 2^" + std::to_string(log_size) + " are needed");
  Srs srs = std::move(header.srs);
  // Whole chunks are loaded, because their checksums cover them.
  srs.g1 = huge_vector<G1Affine>(size_t{1} << std::min(header.log_size, std::max(log_size, unsigned(std::countr_zero(kChunk)))));
  std::atomic<bool> good = true;
  parallel_for(chunk_count(srs.log_size()), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end && good; i++) {
      const auto points = chunk_of(std::span(srs.g1), i);
      const bool read = file->read_points_at(points_offset(header.log_size) + sizeof(G1Affine) * kChunk * i, points);
      const Bytes32 sum = checksum(points);
      if (!read || !std::equal(sum.begin(), sum.end(), header.checksums.begin() + static_cast<ptrdiff_t>(32 * i)) ||
          !std::all_of(points.begin(), points.end(), is_power_of_tau))
        good = false;
    }
  });
  if (!good) return input_error(path + " is damaged: its points do not match their checksums; make or import the setup again");
  srs.g1.resize(size_t{1} << log_size);
  srs.digest = srs_digest(srs);
  return srs;
}

std::string development_cache() {
  if (const char* cache = std::getenv("SOTTO_CACHE"); cache && *cache) return cache;
  if (const char* home = std::getenv("HOME"); home && *home) return (std::filesystem::path(home) / ".cache" / "sotto").string();
  return {};
}

Result<Srs> cached_development_srs(unsigned log_size) {
  if (log_size < kSmallestCached) return make_development_srs(log_size);
  const std::filesystem::path folder = development_cache();
  if (folder.empty()) return make_development_srs(log_size);
  auto file_of = [&](unsigned log) { return (folder / ("development-" + std::to_string(log) + ".srs")).string(); };
  const Bytes32 expected = make_development_srs(1).digest;
  for (unsigned log = log_size; log <= kMaxLogSize; log++) {
    if (!std::filesystem::exists(file_of(log))) continue;
    auto cached = read_srs(file_of(log), log_size);
    if (cached.ok() && cached->development && cached->digest == expected) return cached;
  }
  Srs srs = make_development_srs(log_size);
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  // A full disk or a read-only home costs seconds in the next run, nothing else.
  (void)write_srs(srs, file_of(log_size));
  return srs;
}

}  // namespace sotto::zk
