// SPDX-License-Identifier: Apache-2.0
// Attacks on the import of a setup: every forged file here must be refused, with a reason.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
namespace fs = std::filesystem;
constexpr unsigned kPower = kFoldBits + 1;
constexpr size_t kFold = size_t{1} << kFoldBits;

G1Affine times_generator(const Fr& k) { return (G1(G1Affine::generator()) * k).to_affine(); }

// What a file of snarkjs holds, before it is written; attacks change it.
struct Contents {
  uint32_t version = 1, power = kPower;
  detail::Limbs prime = Fq::kModulus;
  std::vector<G1Affine> g1;
  std::vector<G2Affine> g2;

  explicit Contents(const Fr& tau) {
    Fr k = 1;
    for (size_t i = 0; i + 1 < size_t{2} << kPower; i++, k *= tau) g1.push_back(times_generator(k));
    // Of the points in G2 three are looked at.
    g2.resize(size_t{1} << kPower, G2Affine::generator());
    g2[1] = G2Affine::generator().times(tau);
    g2[kFold] = G2Affine::generator().times(tau.pow(uint64_t{kFold}));
  }
};

void put(Bytes& out, uint64_t v, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
}
void put(Bytes& out, const Fq& v) {
  for (const uint64_t limb : v.montgomery()) put(out, limb, 8);
}
void put_section(Bytes& out, uint32_t type, const Bytes& data) {
  put(out, type, 4);
  put(out, data.size(), 8);
  append(out, data);
}

Bytes encode(const Contents& c) {
  Bytes out = {'p', 't', 'a', 'u'}, header, g1, g2;
  put(out, c.version, 4);
  put(out, 4, 4);
  put(header, 32, 4);
  for (const uint64_t limb : c.prime) put(header, limb, 8);
  put(header, c.power, 4);
  put(header, c.power, 4);
  for (const G1Affine& p : c.g1)
    for (const Fq& v : {p.x, p.y}) put(g1, v);
  for (const G2Affine& p : c.g2)
    for (const Fq& v : {p.x.c0, p.x.c1, p.y.c0, p.y.c1}) put(g2, v);
  put_section(out, 1, header);
  put_section(out, 2, g1);
  put_section(out, 7, {1, 2, 3});
  put_section(out, 3, g2);
  return out;
}

class Ptau : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sotto-ptau-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<Srs> read(const Bytes& file, unsigned log_size = kPower) {
    const std::string path = (folder_ / "a.ptau").string();
    EXPECT_TRUE(write_file_atomically(path, file).ok());
    return read_ptau(path, log_size);
  }
  Result<Srs> read_with(const std::function<void(Contents&)>& attack, unsigned log_size = kPower) {
    Contents c = good_;
    attack(c);
    return read(encode(c), log_size);
  }
  void expect_refused(const Result<Srs>& r, std::string_view reason) {
    ASSERT_FALSE(r.ok()) << reason;
    EXPECT_NE(r.error().message.find(reason), std::string::npos) << r.error().message;
    EXPECT_EQ(r.error().kind, ErrorKind::kInput);
  }

  const Fr tau_ = Fr(31).pow(uint64_t{31337});
  const Contents good_{tau_};
  fs::path folder_;
};

TEST_F(Ptau, ReadsWhatSnarkjsWrites) {
  const auto srs = read(encode(good_));
  ASSERT_TRUE(srs.ok()) << srs.error().message;
  EXPECT_EQ(srs->log_size(), kPower);
  EXPECT_TRUE(std::equal(srs->g1.begin(), srs->g1.end(), good_.g1.begin()));
  EXPECT_EQ(srs->g2.tau, good_.g2[1]);
  EXPECT_EQ(srs->g2.fold, good_.g2[kFold]);
  EXPECT_FALSE(srs->development);
  EXPECT_EQ(srs->digest, srs_digest(*srs));
  expect_refused(read(encode(good_), kPower + 1), "2^12 are needed");
  // A part that has no [tau^1024]_1 could not be checked.
  expect_refused(read(encode(good_), kFoldBits), "a setup needs 2^11");
}

TEST_F(Ptau, WrongRatioAtOneIndex) {
  for (size_t i : {size_t{1}, size_t{2}, size_t{100}, kFold - 1, kFold, 2 * kFold - 1}) {
    expect_refused(read_with([&](Contents& c) { c.g1[i] = times_generator(Fr(uint64_t{1000 + i})); }), "not powers of one tau");
    expect_refused(read_with([&](Contents& c) { c.g1[i].y = -c.g1[i].y; }), "not powers of one tau");
  }
  for (size_t i : {size_t{1}, kFold})
    expect_refused(read_with([&](Contents& c) { c.g2[i] = G2Affine::generator().times(tau_ + Fr(1)); }), "not powers of one tau");
  // Errors that cancel in an unweighted sum.
  expect_refused(read_with([&](Contents& c) { std::swap(c.g1[5], c.g1[6]); }), "not powers of one tau");
}

TEST_F(Ptau, FirstPointIsNotTheGenerator) {
  expect_refused(read_with([](Contents& c) { c.g1.erase(c.g1.begin()), c.g1.push_back(c.g1[0]); }), "not the generator");
  expect_refused(read_with([](Contents& c) { std::swap(c.g2[0], c.g2[1]); }), "generator of G2");
}

TEST_F(Ptau, PointsOffTheCurveAndInfinity) {
  for (size_t i : {size_t{0}, size_t{1}, size_t{7}, 2 * kFold - 1}) {
    const std::string reason = "[tau^" + std::to_string(i) + "]_1 is infinity or not on the curve";
    expect_refused(read_with([&](Contents& c) { c.g1[i].x += Fq(1); }), reason);
    expect_refused(read_with([&](Contents& c) { c.g1[i] = {}; }), reason);
    expect_refused(read_with([&](Contents& c) {  // the same point with x + q
                     detail::Limbs x{};
                     detail::add_limbs(x, c.g1[i].x.montgomery(), Fq::kModulus);
                     c.g1[i].x = Fq::raw(x);
                   }), reason);
  }
  // What is not loaded is not looked at.
  EXPECT_TRUE(read_with([](Contents& c) { c.g1[2 * kFold] = {}; }).ok());
}

TEST_F(Ptau, BadPointsInG2) {
  for (size_t i : {size_t{1}, kFold}) {
    expect_refused(read_with([&](Contents& c) { c.g2[i].x.c0 += Fq(1); }), "not in the group G2");
    expect_refused(read_with([&](Contents& c) { c.g2[i] = {}; }), "not in the group G2");
    expect_refused(read_with([&](Contents& c) { c.g2[i].y.c1 = Fq::raw(Fq::kModulus); }), "not below the modulus");
  }
}

TEST_F(Ptau, DegenerateTau) {
  for (const Fr& tau : {Fr(1), Fr(-1)}) expect_refused(read(encode(Contents(tau))), "degenerate");
  Contents zero(Fr(0));
  expect_refused(read(encode(zero)), "infinity");
  // Roots of unity of order 2^k: 5 generates Fr*.
  detail::Limbs e = Fr::kModulus;
  e[0]--;
  for (size_t i = 0; i < 4; i++) e[i] = e[i] >> 28 | (i < 3 ? e[i + 1] << 36 : 0);
  const Fr root = Fr(5).pow(e);
  for (unsigned k : {2u, 5u, 14u, 27u, 28u})
    expect_refused(read(encode(Contents(root.pow(uint64_t{3} << (28 - k))))), "degenerate");
  EXPECT_TRUE(read(encode(Contents(root * Fr(2)))).ok());
}

TEST_F(Ptau, TruncatedFiles) {
  const Bytes good = encode(good_);
  for (size_t size = 0; size < good.size(); size += size < 100 ? 1 : 997)
    EXPECT_FALSE(read(Bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(size))).ok()) << size;
  expect_refused(read(Bytes(good.begin(), good.end() - 1)), "truncated");
}

TEST_F(Ptau, LyingHeaders) {
  const Bytes good = encode(good_);
  auto with = [&](size_t at, uint64_t value, size_t bytes) {
    Bytes b = good;
    for (size_t i = 0; i < bytes; i++) b[at + i] = static_cast<uint8_t>(value >> (8 * i));
    return b;
  };
  expect_refused(read(with(0, 'q', 1)), "not a powers-of-tau file");
  expect_refused(read(with(4, 2, 4)), "version 2");
  expect_refused(read(with(8, 0, 4)), "no section header");
  expect_refused(read(with(8, 5, 4)), "truncated");
  expect_refused(read(with(8, 0xffffffff, 4)), "sections");
  for (uint64_t length : {uint64_t{0}, uint64_t{43}, uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 20}) EXPECT_FALSE(read(with(16, length, 8)).ok());
  expect_refused(read(with(24, 48, 4)), "another curve");
  expect_refused(read_with([](Contents& c) { c.prime = Fr::kModulus; }), "another curve");
  for (uint32_t power : {0u, 29u, 64u, 0xffffffffu}) expect_refused(read_with([&](Contents& c) { c.power = power; }, 1), "impossible power");
  expect_refused(read_with([](Contents& c) { c.power = 28; }), "bytes instead of");
  expect_refused(read_with([](Contents& c) { c.power = kPower + 1; }, 2), "bytes instead of");
  expect_refused(read_with([](Contents& c) { c.power = kFoldBits; }, 2), "an opening needs 2^11");
  const size_t section2 = 12 + 12 + 44;
  expect_refused(read(with(section2, 1, 4)), "two sections of type 1");
  expect_refused(read(with(section2, 9, 4)), "no section tauG1");
  expect_refused(read_ptau(folder_.string(), 2), "not a file");
  expect_refused(read_ptau((folder_ / "absent").string(), 2), "cannot open");
  EXPECT_FALSE(read_ptau((folder_ / "absent").string(), 0).ok());
  EXPECT_FALSE(read_ptau((folder_ / "absent").string(), 29).ok());
}

// The development setup in the clothes of a ceremony is still a development setup.
TEST_F(Ptau, DevelopmentSetupIsRecognised) {
  const auto srs = read(encode(Contents(development_tau())));
  ASSERT_TRUE(srs.ok()) << srs.error().message;
  EXPECT_TRUE(srs->development);
  EXPECT_EQ(srs->digest, make_development_srs(1).digest);
}

TEST(CheckSrs, AcceptsGoodAndRefusesChanged) {
  const Srs good = make_development_srs(kPower);
  EXPECT_TRUE(check_srs(good).ok());
  Srs bad = good;
  bad.g1[200] = bad.g1[100];
  EXPECT_FALSE(check_srs(bad).ok());
  bad = good;
  bad.g1.resize(100);
  EXPECT_FALSE(check_srs(bad).ok());
  bad = good;
  bad.g1[3].y += Fq(1);
  EXPECT_FALSE(check_srs(bad).ok());
  bad = good;
  bad.g2.tau = {};
  EXPECT_FALSE(check_srs(bad).ok());
  bad = good;
  bad.g2.fold = bad.g2.tau;
  bad.digest = srs_digest(bad);
  EXPECT_FALSE(check_srs(bad).ok());
  bad = good;
  bad.development = false;  // the digest names the flag
  EXPECT_FALSE(check_srs(bad).ok());
  EXPECT_FALSE(check_srs(Srs{}).ok());
}
}  // namespace
}  // namespace sotto::zk
