// SPDX-License-Identifier: Apache-2.0
// A hostile agent, started and confined as every agent is, beside a victim with a store, a song and a key, tries to get at them.
// Each attempt is a row. The same attempts are made without confinement first: what fails there, too, says nothing about the
// confinement and is shown as not tested. Any success fails the test.
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>

#include "contest/secrecy/testing/roles.h"
#include "contest/swarm/wire.h"

namespace sotto::contest::red_team {
namespace {

namespace fs = std::filesystem;

struct Row {
  std::string group, name, verdict, how;
};

class RedTeam : public testing::Test {
 protected:
  void SetUp() override {
    const IsolationOffer offer = isolation_offer();
    std::printf("Landlock version %d, seccomp %s\n", offer.landlock_abi, offer.seccomp ? "yes" : "no");
    for (const std::string& gap : offer.missing) std::printf("missing: %s\n", gap.c_str());
    if (!offer.missing.empty()) GTEST_SKIP() << "SOTTO-SKIPPED: this kernel does not offer what the confinement needs";
    std::string pattern = testing::TempDir() + "sotto-red-team-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    prepare_world();
  }
  void TearDown() override {
    for (Child& child : children_) end_child(child, 500);
    for (const int fd : listeners_) close(fd);
    if (segment_ >= 0) shmctl(segment_, IPC_RMID, nullptr);
    shm_unlink(w_.shared.c_str());
    mq_unlink(w_.queue.c_str());
    unsetenv("SOTTO_TEST_PASSWORD");
    if (!root_.empty()) fs::remove_all(root_);
  }

  void prepare_world();
  void listen_on_sockets();
  void refresh_bait() const { std::ofstream(w_.bait(), std::ios::trunc) << "the victim's"; }
  // An agent in a role; its lines until it has come to an end.
  Child& start(const std::string& role, const std::string& folder);
  std::vector<std::vector<std::string>> hear(const Child& child);
  Outcome attempt_unconfined(const Attempt& attack);
  int status_of(Child& child) const;

  std::string root_, secret_;
  World w_;
  std::deque<Child> children_;  // references stay good
  std::vector<int> listeners_;
  int segment_ = -1;
};

void RedTeam::prepare_world() {
  const std::string number = std::to_string(getpid());
  w_.confined = false;
  w_.state = root_ + "/state";
  w_.outside = root_ + "/outside";
  w_.victim = w_.state + "/agent-00";
  w_.own = w_.state + "/agent-01";
  w_.canary = "canary-of-the-red-team";
  w_.parent = getpid();
  w_.socket_path = w_.outside + "/socket";
  w_.socket_name = "sotto-red-team-" + number;
  w_.queue = w_.shared = "/sotto-red-team-" + number;
  w_.memory_key = getpid();
  for (const std::string& folder : {w_.state, w_.outside}) ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
  ASSERT_TRUE(open_master_key(w_.state).ok());
  secret_ = w_.canary + " of the parent";
  setenv("SOTTO_TEST_PASSWORD", secret_.c_str(), 1);
  std::ofstream(root_ + "/secret") << secret_;
  listeners_.push_back(open((root_ + "/secret").c_str(), O_RDONLY));  // inheritable, for who inherits
  mkfifo((w_.outside + "/fifo").c_str(), 0600);
  segment_ = shmget(w_.memory_key, 4096, IPC_CREAT | 0600);
  listeners_.push_back(shm_open(w_.shared.c_str(), O_RDWR | O_CREAT, 0600));
  const mqd_t queue = mq_open(w_.queue.c_str(), O_RDWR | O_CREAT, 0600, nullptr);
  if (queue != mqd_t(-1)) mq_close(queue);
  listen_on_sockets();
  ASSERT_TRUE(Store::prepare(w_.own).ok());
  Child& victim = start("victim", w_.victim);
  ASSERT_EQ(hear(victim).size(), 0u);
  w_.victim_pid = victim.pid;
  refresh_bait();
}

void RedTeam::listen_on_sockets() {
  const auto add = [&](int family, const sockaddr* address, socklen_t size) {
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, address, size) == 0) ::listen(fd, 8);
    listeners_.push_back(fd);
    return fd;
  };
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int tcp = add(AF_INET, reinterpret_cast<sockaddr*>(&loopback), sizeof loopback);
  socklen_t size = sizeof loopback;
  getsockname(tcp, reinterpret_cast<sockaddr*>(&loopback), &size);
  w_.tcp_port = ntohs(loopback.sin_port);
  for (const bool abstract : {false, true}) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    const std::string& name = abstract ? w_.socket_name : w_.socket_path;
    std::memcpy(local.sun_path + abstract, name.data(), name.size());
    add(AF_UNIX, reinterpret_cast<sockaddr*>(&local), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1));
  }
}

Child& RedTeam::start(const std::string& role, const std::string& folder) {
  auto child = spawn_agent("/proc/self/exe");
  SOTTO_CHECK(child.ok());
  World w = w_;
  w.own = folder;
  std::vector<std::string> lines = lines_of(w);
  lines.insert(lines.begin(), role);
  SOTTO_CHECK(child->channel.send(pack(lines)).ok());
  children_.push_back(std::move(*child));
  return children_.back();
}

std::vector<std::vector<std::string>> RedTeam::hear(const Child& child) {
  std::vector<std::vector<std::string>> out;
  for (;;) {
    const auto message = child.channel.receive();
    if (!message.ok() || !message->has_value()) {
      ADD_FAILURE() << "the agent ended after " << out.size() << " messages" << (out.empty() ? "" : "; last: " + out.back()[0]);
      return out;
    }
    out.push_back(unpack(**message));
    if (out.back() == std::vector<std::string>{"end"}) {
      out.pop_back();
      return out;
    }
  }
}

int RedTeam::status_of(Child& child) const {
  int status = 0;
  waitpid(child.pid, &status, 0);
  child.pid = -1;
  return status;
}

// In a process of its own, because some attempts change the process that makes them.
Outcome RedTeam::attempt_unconfined(const Attempt& attack) {
  refresh_bait();
  int answer[2];
  SOTTO_CHECK(pipe2(answer, O_CLOEXEC) == 0);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    const Outcome outcome = attack.attempt(w_);
    const std::string text = (outcome.succeeded ? "1" : "0") + outcome.how;
    (void)!write(answer[1], text.data(), text.size());
    _exit(0);
  }
  close(answer[1]);
  char text[512] = {};
  const ssize_t size = read(answer[0], text, sizeof text - 1);
  close(answer[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (size <= 0) return {WIFEXITED(status) && WEXITSTATUS(status) == 7, "became another program"};
  return {text[0] == '1', text + 1};
}

void print(const std::vector<Row>& rows) {
  for (const Row& row : rows) std::printf("%-14s %-44s %-10s %s\n", row.group.c_str(), row.name.c_str(), row.verdict.c_str(), row.how.c_str());
}

TEST_F(RedTeam, NoAttemptSucceeds) {
  const Attacks attacks = all_attacks();
  std::vector<Outcome> control;
  for (const Attempt& attack : attacks) control.push_back(attempt_unconfined(attack));
  refresh_bait();
  const auto heard = hear(start("hostile", w_.own));
  ASSERT_EQ(heard.size(), attacks.size());
  std::vector<Row> rows;
  unsigned refused = 0, untested = 0;
  for (size_t i = 0; i < attacks.size(); ++i) {
    ASSERT_EQ(heard[i].size(), 3u);
    const bool succeeded = heard[i][1] == "1";
    EXPECT_FALSE(succeeded) << attacks[i].group << ": " << attacks[i].name << ": " << heard[i][2];
    const bool tested = control[i].succeeded;
    (tested ? refused : untested) += !succeeded;
    rows.push_back({attacks[i].group, attacks[i].name, succeeded ? "SUCCEEDED" : tested ? "refused" : "NOT TESTED",
                    tested || succeeded ? heard[i][2] : "fails here without confinement, too: " + control[i].how});
  }
  print(rows);
  std::printf("%u refused, %u not tested, %zu succeeded\n", refused, untested, attacks.size() - refused - untested);
  EXPECT_GT(refused, 80u) << "the control attempts fail: is this test itself confined?";
  std::ifstream bait(w_.bait());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(bait), {}), "the victim's");
}

TEST_F(RedTeam, HonestWorkIsDone) {
  const auto heard = hear(start("honest", w_.own));
  EXPECT_EQ(heard.size(), 5u);
  for (const auto& row : heard) EXPECT_EQ(row[1], "1") << row[0] << ": " << row[2];
}

TEST_F(RedTeam, GreedIsBounded) {
  const auto heard = hear(start("greedy", w_.own));
  EXPECT_GE(heard.size(), 2u);
  for (const auto& row : heard) {
    EXPECT_EQ(row[1], "0") << row[0];
    print({{"exhaustion", row[0], row[1] == "0" ? "refused" : "SUCCEEDED", row[2]}});
  }
  print({{"exhaustion", "threads", "NOT TESTED", "their number is not bounded: a nuisance to the machine, no way to a secret"}});
}

TEST_F(RedTeam, DeathLeavesNoSong) {
  const int status = status_of(start("dying", w_.own));
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status));
  for (const auto& file : fs::recursive_directory_iterator(w_.state)) {
    EXPECT_EQ(file.path().filename().string().find("core"), std::string::npos);
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(text.find(w_.canary), std::string::npos) << file.path();
  }
}

TEST_F(RedTeam, CallsOfAnotherArchitectureKill) {
#if defined(__x86_64__)
  const int status = status_of(start("foreign", w_.own));
  ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  EXPECT_TRUE(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);  // SIGSEGV: a kernel without 32-bit programs
  print({{"kernel", "system calls of 32-bit programs", WTERMSIG(status) == SIGSYS ? "refused" : "NOT TESTED", strsignal(WTERMSIG(status))}});
#else
  GTEST_SKIP() << "SOTTO-SKIPPED: no other architecture to try";
#endif
}

TEST_F(RedTeam, TheParentSurvivesNonsenseAndSilence) {
  const Child& babbler = start("babbling", w_.own);
  unsigned messages = 0, refused = 0;
  for (bool end = false; !end;) {
    const auto message = babbler.channel.receive();
    ++messages;
    if (!message.ok()) {
      ++refused;  // too long
      continue;
    }
    ASSERT_TRUE(message->has_value());
    end = **message == pack({"end"});
    if (!end && !decode_report(**message).ok()) ++refused;
  }
  EXPECT_GT(messages, 400u);
  print({{"channel", "nonsense to the parent", "refused", std::to_string(refused) + " of " + std::to_string(messages) + " messages"}});

  const Child& deaf = start("deaf", w_.state + "/agent-02");
  ASSERT_EQ(hear(deaf).size(), 0u);
  bool taken = true;
  for (unsigned i = 0; taken && i < 100'000; ++i) {
    const auto sent = deaf.channel.try_send(Bytes(1000, 1));
    ASSERT_TRUE(sent.ok());
    taken = *sent;
  }
  EXPECT_FALSE(taken);
  print({{"channel", "hold the parent up by not reading", "refused", "the parent does not wait"}});
}

// Nothing that another agent does shows in what an agent is told: an order names a slot and its own share, never a board.
TEST_F(RedTeam, WhatCannotBeRefusedIsUseless) {
  EXPECT_EQ(std::variant_size_v<Order>, 5u) << "a new order: does it tell one agent about another?";
  EXPECT_EQ(encode(Order(SlotCall{})).size(), 13u);
  EXPECT_EQ(encode(Report(AgentScore{})).size(), 17u);
  print({{"board", "its values and their timing", "useless", "no order carries them; scores are in public ticks of the judge"}});
  struct stat info {};
  ASSERT_EQ(stat(w_.victim_store().c_str(), &info), 0);
  EXPECT_EQ(info.st_size % 4096, 0);
  print({{"files", "size and time of the victim's store (stat)", "useless", "steps of 4 KiB after each slot: as many songs as the board shows"}});
}

}  // namespace
}  // namespace sotto::contest::red_team

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], sotto::contest::kAgentVerb) == 0) return sotto::contest::red_team::play_agent();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
