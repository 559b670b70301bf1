// SPDX-License-Identifier: Apache-2.0
// What tests of whole swarms share: a folder, a small judge, and a main() that is also the agents' program.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "base/temporary_folder.h"
#include "contest/swarm/agent.h"
#include "contest/swarm/crew.h"
#include "contest/swarm/swarm.h"
#include "judge/net/random_network.h"

namespace sotto::contest::testing_swarm {

class SmallSwarm : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-swarm"};

  void SetUp() override {
    root_ = temporary_.path();
    const judge::RandomShape shape{16, 8, 8000, 8, 16, 8, {6, 4}};
    ASSERT_TRUE(write_file_atomically(root_ + "/test.judge", encode_judge(judge::random_network(shape, 5))).ok());
  }

  SwarmOptions options(const std::string& name, uint64_t seed = 1) const {
    SwarmOptions o;
    o.folder = root_ + "/" + name;
    o.judge = root_ + "/test.judge";
    o.seed = seed;
    o.agents = 3;
    o.tries = 4;
    o.slot_ms = 1;
    return o;
  }
  // What the parent gives an agent.
  static Assignment assignment_of(const SwarmOptions& o, uint32_t agent, const SecretKey& master) {
    Assignment a;
    a.agent = agent;
    a.seed = o.seed;
    a.slots = o.slots;
    a.tries = o.tries;
    a.cpu_share = o.cpu_share;
    a.folder = agent_folder(o.folder, agent);
    a.judge = o.judge;
    a.store_key = agent_key(master, agent).reveal();
    return a;
  }
  // Every song of every store, and every answer, as text.
  static std::string stored(const SwarmOptions& o) {
    const auto master = open_master_key(o.folder);
    std::string all;
    for (uint32_t agent = 0; agent < o.agents; ++agent) {
      const Assignment a = assignment_of(o, agent, *master);
      const auto net = judge::read_judge(o.judge);
      Bytes32 key = a.store_key;
      const auto store =
          Store::open(a.folder, {a.seed, a.agent, a.slots, a.cpu_share ? 0 : a.tries, judge::judge_digest(*net)},
                      SecretKey::take(key));
      EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
      if (!store.ok()) continue;
      const Status read = store->replay([&](const StoredSlot& slot) {
        all += std::to_string(agent) + " " + std::to_string(slot.slot) + "\n";
        for (const std::string& answer : slot.answers) all += "answer " + answer + "\n";
        for (const Scored& song : slot.songs) all += encode(song.genome) + " " + std::to_string(song.score) + "\n";
        return ok_status();
      });
      EXPECT_TRUE(read.ok());
    }
    return all;
  }

  std::string root_;
};

inline int run_tests(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], kAgentVerb) == 0) return run_agent_process(kAgentFd);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace sotto::contest::testing_swarm
