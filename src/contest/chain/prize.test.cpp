// SPDX-License-Identifier: Apache-2.0
// Whole contests on a real EVM, with the mock verifier in place of the real one.
#include "contest/chain/prize.h"

#include <nlohmann/json.hpp>

#include "contest/chain/prize_abi.h"
#include "contest/chain/revert.h"
#include "contest/chain/testing/evm.h"
#include "contest/chain/testing/fake_rpc_server.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr uint32_t kMaxScore = 10'000;
const Bytes32 kSong = keccak256("a song commitment");

template <class T>
T must(Result<T> r) {
  if (!r.ok()) ADD_FAILURE() << r.error().message;
  SOTTO_CHECK(r.ok());
  return std::move(r).value();
}

// One chain, one prize contract and one judge for all tests of this file; contests are cheap.
struct World {
  EmbeddedChain chain = must(EmbeddedChain::start());
  ChainClient client = must(chain.connect());
  PrivateKey sponsor = must(chain.funded_key(100 * kEther));
  PrivateKey relayer = must(chain.funded_key(kEther));
  PrivateKey winner = must(chain.funded_key(kEther));
  Address verifier = must(client.deploy(sponsor, must(load_creation_code("MockVerifier")))).address;
  Bytes vk = mock_verifying_key(true, kMaxScore);
  Address vk_data = must(deploy_verifying_key(client, sponsor, vk)).address;
  PrizeClient prize = must(PrizeClient::deploy(client, sponsor, true));

  PrizeTerms terms(PrizeMode mode) {
    PrizeTerms t;
    t.verifier = verifier;
    t.vk_data = vk_data;
    t.judge_id = data_contract_hash(vk);
    t.mode = mode;
    t.target = 100;
    t.deadline = must(client.block()).timestamp + 1000;
    t.refund_gap = 500;
    return t;
  }
  uint64_t open(PrizeMode mode = PrizeMode::kFirstToTarget) { return must(prize.create(sponsor, terms(mode), kEther)).id; }
  claim::ClaimStatement claim(uint64_t id, uint32_t score, const Address& who) {
    claim::ClaimStatement s = must(prize.statement_template(id, who));
    s.score = score;
    s.song_commitment = kSong;
    return s;
  }
  Bytes proof(const claim::ClaimStatement& s) { return mock_proof(vk_data, claim_digest(s), s.score, s.song_commitment); }
};

World& world() {
  static World w;
  return w;
}

std::string message_of(const Result<Receipt>& r) { return r.ok() ? "no error" : r.error().message; }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(PrizeAbi, IsTheCompiledInterface) {
  SOTTO_REQUIRE_EVM();
  Bytes file = must(read_file(must(contracts_folder()) + "/out/IPrize.sol/IPrize.json"));
  Json artifact = Json::parse(file.begin(), file.end());
  const Json& methods = artifact["methodIdentifiers"];
  EXPECT_EQ(methods.size(), std::size(prize_abi::kFunctions));
  for (std::string_view f : prize_abi::kFunctions) {
    ASSERT_TRUE(methods.contains(std::string(f))) << f;
    EXPECT_EQ(methods[std::string(f)].get<std::string>(), to_hex(selector_of(f)).substr(2));
  }
  auto signature = [](const Json& entry) {
    std::string s = entry["name"].get<std::string>() + "(";
    for (const Json& input : entry["inputs"]) {
      if (s.back() != '(') s += ',';
      s += input["type"].get<std::string>();
    }
    return s + ")";
  };
  std::vector<std::string> events;
  for (const Json& entry : artifact["abi"]) {
    if (entry["type"] == "event") events.push_back(signature(entry));
    if (entry["type"] != "error") continue;
    std::string words = explain_revert(AbiWriter(signature(entry)).word({}).word({}).finish());
    EXPECT_TRUE(words.starts_with(entry["name"].get<std::string>() + "(")) << words;
    for (const Json& input : entry["inputs"]) EXPECT_TRUE(has(words, input["name"].get<std::string>() + " 0")) << words;
  }
  for (std::string_view e : {prize_abi::kContestCreated, prize_abi::kSubmitted}) {
    EXPECT_NE(std::find(events.begin(), events.end(), e), events.end()) << e;
  }
}

TEST(PrizeAbi, EveryErrorOfTheVerifierHasWords) {
  SOTTO_REQUIRE_EVM();
  const Bytes file = must(read_file(must(contracts_folder()) + "/out/Constants.sol/IVerifierErrors.json"));
  const Json artifact = Json::parse(file.begin(), file.end());
  for (const Json& entry : artifact["abi"]) {
    const std::string name = entry["name"].get<std::string>();
    EXPECT_TRUE(explain_revert(AbiWriter(name + "()").finish()).starts_with(name + "(): ")) << name;
  }
}

TEST(Prize, FirstToTargetFromCreationToWithdrawal) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t id = w.open();
  ContestView open = must(w.prize.contest(id));
  EXPECT_EQ(open.status, PrizeStatus::kOpen);
  EXPECT_TRUE(open.pot == kEther && open.development && open.max_score == kMaxScore && open.terms.target == 100);
  EXPECT_EQ(open.terms.judge_id, data_contract_hash(w.vk));
  EXPECT_EQ(open.judge_file, keccak256("a judge file"));
  EXPECT_EQ(open.sponsor, w.sponsor.address());
  EXPECT_EQ(open.terms.refund_gap, 500u);

  claim::ClaimStatement s = w.claim(id, 120, w.winner.address());
  EXPECT_EQ(must(w.prize.statement(id, 120, kSong, w.winner.address())), claim_digest(s));
  Receipt submitted = must(w.prize.submit(w.relayer, s, w.proof(s)));
  EXPECT_LT(submitted.gas_used, 200'000u);
  must(w.prize.settle(w.relayer, id));
  EXPECT_TRUE(must(w.prize.owed(w.winner.address())) == kEther);

  Wei before = must(w.client.balance(w.winner.address()));
  Receipt paid = must(w.prize.withdraw(w.winner, w.winner.address()));
  EXPECT_TRUE(must(w.client.balance(w.winner.address())) == before + kEther - paid.fee());
  EXPECT_TRUE(must(w.prize.owed(w.winner.address())) == 0);

  ContestView done = must(w.prize.contest(id));
  EXPECT_EQ(done.status, PrizeStatus::kSettled);
  EXPECT_EQ(done.beneficiary, w.winner.address());
  EXPECT_EQ(done.best, 120u);
  EXPECT_EQ(done.song_commitment, kSong);
  EXPECT_TRUE(done.pot == 0);
  EXPECT_GT(must(w.prize.commitment_recorded(w.winner.address(), kSong)), 0u);
  std::vector<Submission> list = must(w.prize.submissions(id));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].tx, submitted.tx);
  EXPECT_EQ(list[0].score, 120u);
  EXPECT_EQ(list[0].beneficiary, w.winner.address());
  EXPECT_EQ(list[0].statement, claim_digest(s));
}

TEST(Prize, RefusalsComeInWordsAndCostNothing) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t id = w.open();
  uint64_t nonce = must(w.client.nonce(w.relayer.address()));
  claim::ClaimStatement low = w.claim(id, 99, w.winner.address());
  Result<Receipt> r = w.prize.submit(w.relayer, low, w.proof(low));
  EXPECT_TRUE(has(message_of(r), "ScoreTooLow(score 99, need 100)"));
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().kind, ErrorKind::kRejected);
  claim::ClaimStatement s = w.claim(id, 120, w.winner.address());
  EXPECT_TRUE(has(message_of(w.prize.submit(w.relayer, s, Bytes(32))), "the verifier rejected the proof"));
  claim::ClaimStatement stolen = s;
  stolen.beneficiary = w.relayer.address();
  EXPECT_TRUE(has(message_of(w.prize.submit(w.relayer, stolen, w.proof(s))), "InvalidProof"));
  EXPECT_TRUE(has(message_of(w.prize.settle(w.relayer, id)), "NotOpen"));
  EXPECT_TRUE(has(message_of(w.prize.open_refunds(w.relayer, id)), "TooEarly"));
  EXPECT_TRUE(has(message_of(w.prize.withdraw(w.relayer, w.relayer.address())), "NothingOwed"));
  EXPECT_TRUE(has(message_of(w.prize.settle(w.relayer, 1'000'000)), "UnknownContest(id 1000000)"));
  EXPECT_EQ(must(w.client.nonce(w.relayer.address())), nonce) << "refused in the preflight, nothing was sent";
}

TEST(Prize, ProofsForSomethingElseAreNotEvenSent) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t id = w.open();
  auto refused = [&](auto change, const std::string& why) {
    claim::ClaimStatement s = w.claim(id, 120, w.winner.address());
    change(s);
    EXPECT_TRUE(has(message_of(w.prize.submit(w.relayer, s, w.proof(s))), why)) << why;
  };
  refused([](claim::ClaimStatement& s) { s.chain_id = 421614; }, "for chain 421614");
  refused([](claim::ClaimStatement& s) { s.contract[0] ^= 1; }, "for the contract");
  refused([](claim::ClaimStatement& s) { s.judge_id[0] ^= 1; }, "another judge");
  refused([](claim::ClaimStatement& s) { s.contest_id[0] = 1; }, "so large a number");
  refused([](claim::ClaimStatement& s) { s.contest_id[24] = 1; }, "UnknownContest");
}

TEST(Prize, BestByDeadlineAndRefunds) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t best = w.open(PrizeMode::kBestByDeadline), nobody = w.open();
  must(w.prize.fund(w.relayer, nobody, kEther / 10));
  EXPECT_TRUE(must(w.prize.contribution(nobody, w.relayer.address())) == kEther / 10);
  for (uint32_t score : {110u, 130u}) {
    claim::ClaimStatement s = w.claim(best, score, w.winner.address());
    must(w.prize.submit(w.relayer, s, w.proof(s)));
  }
  claim::ClaimStatement late = w.claim(best, 130, w.relayer.address());
  EXPECT_TRUE(has(message_of(w.prize.submit(w.relayer, late, w.proof(late))), "need 131"));
  EXPECT_TRUE(has(message_of(w.prize.settle(w.relayer, best)), "TooEarly"));
  ASSERT_TRUE(w.chain.advance_time(1600).ok());
  must(w.prize.settle(w.relayer, best));
  EXPECT_TRUE(must(w.prize.owed(w.winner.address())) == kEther);
  must(w.prize.withdraw(w.winner, w.winner.address()));

  must(w.prize.open_refunds(w.relayer, nobody));
  must(w.prize.refund(w.relayer, nobody, w.relayer.address()));
  EXPECT_TRUE(must(w.prize.owed(w.relayer.address())) == kEther / 10);
  EXPECT_EQ(must(w.prize.contest(nobody)).status, PrizeStatus::kRefunding);
  EXPECT_EQ(must(w.prize.submissions(best)).size(), 2u);
  EXPECT_TRUE(must(w.prize.liabilities()) <= must(w.client.balance(w.prize.address())));
}

TEST(Prize, CircuitBreaker) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t id = w.open();
  claim::ClaimStatement s = w.claim(id, kMaxScore + 1, w.relayer.address());
  EXPECT_FALSE(w.prize.prove_broken(w.sponsor, s, w.proof(s)).ok());
  must(w.prize.prove_broken(w.relayer, s, w.proof(s)));
  EXPECT_EQ(must(w.prize.contest(id)).status, PrizeStatus::kBroken);
}

TEST(Prize, StrangersAreNoPrizes) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  EXPECT_TRUE(PrizeClient::attach(w.client, w.prize.address()).ok());
  EXPECT_TRUE(has(PrizeClient::attach(w.client, w.sponsor.address()).error().message, "no contract"));
  EXPECT_TRUE(has(PrizeClient::attach(w.client, w.verifier).error().message, "not a Sotto prize"));
  EXPECT_TRUE(has(PrizeClient::attach(w.client, w.vk_data).error().message, "not a Sotto prize"));
}

// The same chain, but its server does not say that it is anvil: for Sotto, a real network.
TEST(Prize, DevelopmentSetupsStayOnTheEmbeddedChain) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  uint64_t id = w.open();
  RpcOptions direct;
  direct.urls = {w.chain.url()};
  JsonRpc forward = must(JsonRpc::open(direct));
  FakeRpcServer real_network([&](const Json& q) {
    if (q["method"] == "web3_clientVersion") return FakeRpcServer::result(q, "nitro/v3.7.1");
    RpcAnswer a = must(forward.call(q["method"], q["params"]));
    if (a.fault) {
      return FakeRpcServer::fault(q, {{"code", a.fault->code}, {"message", a.fault->message}, {"data", to_hex(a.fault->data)}});
    }
    return FakeRpcServer::result(q, *a.result);
  });
  ChainOptions options;
  options.rpc.urls = {real_network.url()};
  ChainClient client = must(ChainClient::connect(options));
  ASSERT_FALSE(client.is_embedded());

  auto refused = [](const auto& r) { return !r.ok() && has(r.error().message, "development setup"); };
  EXPECT_TRUE(refused(PrizeClient::deploy(client, w.sponsor, true)));
  EXPECT_TRUE(refused(deploy_verifying_key(client, w.sponsor, w.vk)));
  PrizeClient prize = must(PrizeClient::attach(client, w.prize.address()));
  EXPECT_TRUE(refused(prize.create(w.sponsor, w.terms(PrizeMode::kFirstToTarget), kEther)));
  claim::ClaimStatement s = w.claim(id, 120, w.winner.address());
  EXPECT_TRUE(refused(prize.submit(w.relayer, s, w.proof(s))));

  // A real key is welcome there, and the contract itself refuses development judges too.
  Bytes real_vk = mock_verifying_key(false, kMaxScore);
  PrizeTerms terms = w.terms(PrizeMode::kFirstToTarget);
  PrizeClient strict = must(PrizeClient::deploy(client, w.sponsor, false));
  EXPECT_FALSE(strict.allows_development());
  terms.vk_data = must(deploy_verifying_key(client, w.sponsor, real_vk)).address;
  terms.judge_id = data_contract_hash(real_vk);
  EXPECT_TRUE(has(strict.create(w.sponsor, terms, kEther).error().message, "refundGap"));
  terms.refund_gap = 48 * 3600;
  EXPECT_EQ(must(strict.create(w.sponsor, terms, kEther)).id, 0u);
  PrizeClient strict_here = must(PrizeClient::attach(w.client, strict.address()));
  EXPECT_TRUE(has(strict_here.create(w.sponsor, w.terms(PrizeMode::kFirstToTarget), kEther).error().message, "DevelopmentJudge"));
}

TEST(Prize, KeysThatAreNone) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  EXPECT_FALSE(deploy_verifying_key(w.client, w.sponsor, Bytes(200)).ok());
  EXPECT_FALSE(deploy_verifying_key(w.client, w.sponsor, {}).ok());
  Bytes huge = w.vk;
  huge.resize(30'000);
  EXPECT_TRUE(has(deploy_verifying_key(w.client, w.sponsor, huge).error().message, "at most"));
  PrizeTerms t = w.terms(PrizeMode::kFirstToTarget);
  t.vk_data = w.verifier;
  EXPECT_FALSE(w.prize.create(w.sponsor, t, kEther).ok());
  t.vk_data = w.sponsor.address();
  EXPECT_FALSE(w.prize.create(w.sponsor, t, kEther).ok());
}

TEST(Prize, AnEmptyPurseIsSaidSo) {
  SOTTO_REQUIRE_EVM();
  World& w = world();
  PrivateKey poor = must(w.chain.funded_key(0));
  Result<Created> r = w.prize.create(poor, w.terms(PrizeMode::kFirstToTarget), kEther);
  ASSERT_FALSE(r.ok());
  EXPECT_TRUE(has(r.error().message, "holds 0 ETH")) << r.error().message;
  uint64_t id = w.open();
  EXPECT_FALSE(w.prize.settle(poor, id).ok());
}

}  // namespace
}  // namespace sotto::contest
