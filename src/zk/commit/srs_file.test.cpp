// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
namespace fs = std::filesystem;

class SrsFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sotto-srs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ::setenv("SOTTO_CACHE", (folder_ / "cache").c_str(), 1);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  void write(const std::string& file, const Bytes& b) const { ASSERT_TRUE(write_file_atomically(file, b).ok()); }
  fs::path folder_;
};

void expect_same(const Srs& a, const Srs& b) {
  EXPECT_EQ(a.g1, b.g1);
  EXPECT_EQ(a.g2, b.g2);
  EXPECT_EQ(a.development, b.development);
  EXPECT_EQ(a.digest, b.digest);
}

TEST(DevelopmentSrs, HoldsPowersOfTau) {
  for (unsigned log : {1u, 2u, 5u, 9u, 11u}) {
    const Srs srs = make_development_srs(log);
    ASSERT_EQ(srs.log_size(), log);
    EXPECT_TRUE(srs.development);
    Fr power = 1;
    for (const G1Affine& p : srs.g1) {
      ASSERT_EQ(p, (G1(G1Affine::generator()) * power).to_affine());
      power *= development_tau();
    }
    EXPECT_EQ(srs.g2.tau, G2Affine::generator().times(development_tau()));
    EXPECT_EQ(srs.digest, make_development_srs(1).digest);
  }
  EXPECT_NE(make_development_srs(2, "another").digest, make_development_srs(2).digest);
}

TEST_F(SrsFile, RoundTripsWholeAndPrefix) {
  for (unsigned log : {1u, 6u, 15u}) {
    const Srs srs = make_development_srs(log);
    ASSERT_TRUE(write_srs(srs, path("a.srs")).ok());
    for (unsigned part = 1; part <= log; part++) {
      const auto back = read_srs(path("a.srs"), part);
      ASSERT_TRUE(back.ok()) << back.error().message;
      Srs prefix = srs;
      prefix.g1.resize(size_t{1} << part);
      expect_same(*back, prefix);
    }
    EXPECT_FALSE(read_srs(path("a.srs"), log + 1).ok());
  }
}

TEST_F(SrsFile, EveryKindOfDamageIsFound) {
  ASSERT_TRUE(write_srs(make_development_srs(6), path("a.srs")).ok());
  const Bytes good = *read_file(path("a.srs"));
  for (size_t i = 0; i < good.size(); i += i < 300 ? 1 : 61) {
    Bytes bad = good;
    bad[i] ^= static_cast<uint8_t>(1 << (i % 8));
    write(path("b.srs"), bad);
    EXPECT_FALSE(read_srs(path("b.srs"), 6).ok()) << "byte " << i;
  }
  for (size_t size : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{100}, size_t{191}, size_t{192}, size_t{223}, size_t{224}, good.size() - 64, good.size() - 1}) {
    write(path("b.srs"), Bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_FALSE(read_srs(path("b.srs"), 6).ok()) << "size " << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  write(path("b.srs"), longer);
  EXPECT_FALSE(read_srs(path("b.srs"), 6).ok());
  EXPECT_FALSE(read_srs(path("absent.srs"), 6).ok());
  EXPECT_FALSE(read_srs(folder_.string(), 6).ok());
}

TEST_F(SrsFile, CacheIsMadeUsedAndRebuilt) {
  const Srs want = make_development_srs(14);
  const std::string file = (folder_ / "cache" / "development-14.srs").string();
  auto first = cached_development_srs(14);
  ASSERT_TRUE(first.ok());
  expect_same(*first, want);
  const Bytes good = *read_file(file);
  expect_same(*cached_development_srs(14), want);

  Bytes bad = good;
  bad[bad.size() / 2] ^= 16;
  write(file, bad);
  expect_same(*cached_development_srs(14), want);
  EXPECT_EQ(*read_file(file), good);

  write(file, Bytes(good.begin(), good.begin() + 5000));
  expect_same(*cached_development_srs(14), want);
  EXPECT_EQ(*read_file(file), good);

  // A well-formed file of another setup is not the cache's.
  ASSERT_TRUE(write_srs(make_development_srs(14, "another"), file).ok());
  expect_same(*cached_development_srs(14), want);
  EXPECT_EQ(*read_file(file), good);
}

TEST_F(SrsFile, LargerCacheServesSmallerSetups) {
  ASSERT_TRUE(cached_development_srs(15).ok());
  expect_same(*cached_development_srs(14), make_development_srs(14));
  EXPECT_FALSE(fs::exists(folder_ / "cache" / "development-14.srs"));
}

TEST_F(SrsFile, UnwritableCacheIsNoError) {
  write(path("cache"), {});  // a file where the folder should be
  expect_same(*cached_development_srs(14), make_development_srs(14));
}
}  // namespace
}  // namespace sotto::zk
