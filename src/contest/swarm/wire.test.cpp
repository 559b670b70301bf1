// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/wire.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace sotto::contest {
namespace {

TEST(Wire, OrdersComeBack) {
  ProveOrder prove;
  prove.slot = 9;
  prove.target.chain_id = 42161;
  prove.target.contract.fill(1);
  prove.target.contest_id.fill(2);
  prove.target.beneficiary.fill(3);
  prove.setup = "file";
  const auto back = decode_order(encode(Order(prove)));
  ASSERT_TRUE(back.ok());
  const auto& got = std::get<ProveOrder>(*back);
  EXPECT_EQ(got.target.chain_id, 42161u);
  EXPECT_EQ(got.target.beneficiary, prove.target.beneficiary);
  EXPECT_EQ(got.setup, "file");
  Assignment work;
  work.agent = 3;
  work.seed = 77;
  work.judge = "judge";
  work.store_key.fill(5);
  work.from_slot = 12;
  work.llm_children = 8;
  const auto assignment = decode_order(encode(Order(work)));
  ASSERT_TRUE(assignment.ok());
  const auto& same = std::get<Assignment>(*assignment);
  EXPECT_EQ(same.seed, 77u);
  EXPECT_EQ(same.judge, "judge");
  EXPECT_EQ(same.store_key, work.store_key);
  EXPECT_EQ(same.from_slot, 12u);
  EXPECT_EQ(same.llm_children, 8u);
  const auto call = decode_order(encode(Order(SlotCall{7, 250, 500})));
  ASSERT_TRUE(call.ok());
  EXPECT_EQ(std::get<SlotCall>(*call).cpu_ms, 250u);
  const auto answer = decode_order(encode(Order(ModelAnswer{9, true, std::string(kMaxAnswer, 'x')})));
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(std::get<ModelAnswer>(*answer).ok);
  EXPECT_EQ(std::get<ModelAnswer>(*answer).text.size(), kMaxAnswer);
  EXPECT_LE(encode(Order(ModelAnswer{9, true, std::string(kMaxAnswer, 'x')})).size(), kMaxMessage);
  EXPECT_LE(encode(Report(AgentAsk{9, 8, std::string(kMaxPrompt, 'x')})).size(), kMaxMessage);
  EXPECT_TRUE(decode_order(encode(Order(StopProof{}))).ok());
}

TEST(Wire, EveryDamagedReportIsRefused) {
  AgentProof proof;
  proof.proof = Bytes(1000, 7);
  proof.statement.score = 512;
  const Report reports[] = {AgentReady{3, 4, 5, 6},
                            AgentScore{1, 2, 3, 4},
                            AgentProgress{"stage", 500},
                            proof,
                            AgentNoProof{ErrorKind::kInput, "no"},
                            AgentAsk{1, 2, "prompt"},
                            AgentYield{8, 7, 6, 5},
                            AgentFailure{ErrorKind::kInput, "no"}};
  for (const Report& report : reports) {
    Bytes bytes = encode(report);
    const auto back = decode_report(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->index(), report.index());
    EXPECT_EQ(encode(*back), bytes);
    for (size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_report(ByteSpan(bytes).first(n)).ok());
    bytes.push_back(0);
    EXPECT_FALSE(decode_report(bytes).ok());
  }
  EXPECT_FALSE(decode_report(Bytes{99}).ok());
  EXPECT_FALSE(decode_report(Bytes{2, 255, 255, 255, 255, 1}).ok());  // a length beyond the message
}

TEST(Wire, ScoresAndYieldsHaveNoRoomForSongs) {
  EXPECT_EQ(encode(Report(AgentScore{1, 2, 3, 4})).size(), 17u);
  EXPECT_EQ(encode(Report(AgentYield{1, 2, 3, 4})).size(), 17u);
}

TEST(Channel, KeepsBoundariesAndNoticesTheEnd) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
  Channel a(pair[0]), b(pair[1]);
  ASSERT_TRUE(a.send(Bytes{1, 2}).ok());
  ASSERT_TRUE(a.send(Bytes(kMaxMessage, 9)).ok());
  a = Channel();
  EXPECT_EQ((**b.receive()).size(), 2u);
  EXPECT_EQ((**b.receive()).size(), kMaxMessage);
  EXPECT_FALSE(b.receive()->has_value());
  EXPECT_FALSE(b.send(Bytes{1}).ok());
}

}  // namespace
}  // namespace sotto::contest
