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
  const auto assignment = decode_order(encode(Order(Assignment{3, 77, 16, 5, 100, "folder", "judge"})));
  ASSERT_TRUE(assignment.ok());
  EXPECT_EQ(std::get<Assignment>(*assignment).seed, 77u);
  EXPECT_EQ(std::get<Assignment>(*assignment).judge, "judge");
}

TEST(Wire, EveryDamagedReportIsRefused) {
  AgentProof proof;
  proof.proof = Bytes(1000, 7);
  proof.statement.score = 512;
  const Report reports[] = {AgentReady{3}, AgentScore{1, 2, 3, 4}, AgentProgress{"stage", 500}, proof, AgentFailure{ErrorKind::kInput, "no"}};
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

TEST(Wire, ScoresHaveNoRoomForSongs) { EXPECT_EQ(encode(Report(AgentScore{1, 2, 3, 4})).size(), 17u); }

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
