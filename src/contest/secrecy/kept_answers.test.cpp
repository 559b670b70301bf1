// SPDX-License-Identifier: Apache-2.0
// Answers of a language model that no slot has taken in yet.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "contest/secrecy/store.h"

namespace sotto::contest {
namespace {

TEST(KeptAnswers, WaitInOrderUntilASlotTakesThemIn) {
  std::string root = testing::TempDir() + "sotto-kept-XXXXXX";
  ASSERT_NE(mkdtemp(root.data()), nullptr);
  const auto open = [&] {
    Bytes32 key{};
    key.fill(7);
    auto store = Store::open(root + "/agent", {1, 0, 32, 3, {}}, SecretKey::take(key));
    EXPECT_TRUE(store.ok());
    return store;
  };
  using Answers = std::vector<std::string>;
  {
    auto store = open();
    EXPECT_EQ(*store->kept_answers(), Answers{});
    for (const char* answer : {"one", "two", "three"}) ASSERT_TRUE(store->keep_answer(answer).ok());
  }
  {
    auto store = open();
    EXPECT_EQ(store->slots(), 0u);
    EXPECT_EQ(*store->kept_answers(), (Answers{"one", "two", "three"}));
    ASSERT_TRUE(store->add({0, {}, {"one", "two"}}).ok());
    ASSERT_TRUE(store->keep_answer("four").ok());
    ASSERT_TRUE(store->add({1, {}, {}}).ok());
  }
  auto store = open();
  EXPECT_EQ(store->slots(), 2u);
  EXPECT_EQ(*store->kept_answers(), (Answers{"three", "four"}));
  EXPECT_EQ(store->read(0)->answers, (Answers{"one", "two"}));
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace sotto::contest
