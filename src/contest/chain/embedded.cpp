// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/embedded.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "contest/chain/artifact.h"
#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStartTime{5000}, kPoll{10};
constexpr int kStartAttempts = 4;

// A port that was free a moment ago. Another process may take it before anvil does; start() then tries the next one.
Result<uint16_t> free_port() {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  auto* address = reinterpret_cast<sockaddr*>(&a);
  bool ok = fd >= 0 && ::bind(fd, address, size) == 0 && ::getsockname(fd, address, &size) == 0;
  std::string reason = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!ok) return environment_error("no free port on the loopback interface: " + reason);
  return ntohs(a.sin_port);
}

std::vector<std::string> anvil_arguments(const std::string& binary, uint16_t port) {
  return {binary, "--host", "127.0.0.1", "--port", std::to_string(port), "--chain-id", std::to_string(kArbitrumOne),
          // Arbitrum charges calldata by cancun's rule (no EIP-7623 floor); floor price 0.02 gwei, tips ignored.
          "--hardfork", "cancun", "--block-base-fee-per-gas", "20000000", "--disable-min-priority-fee",
          "--gas-limit", "32000000", "--slots-in-an-epoch", "1",
          // No account but ours, and none whose key the server holds or the world knows.
          "--accounts", "0", "--silent"};
}

}  // namespace

// The child is forked by a thread that lives as long as the child: PR_SET_PDEATHSIG speaks of the death of the parent
// *thread*, not of the parent process.
struct EmbeddedChain::Child {
  std::string url;
  std::thread keeper;
  std::mutex mutex;
  std::condition_variable changed;
  bool stop = false;       // guarded by mutex
  bool started = false;    // guarded by mutex
  std::atomic<int> pid{-1};
  int log = -1;            // memory file with the child's output
  std::unique_ptr<ChainClient> client;

  ~Child() {
    if (keeper.joinable()) {
      {
        std::lock_guard lock(mutex);
        stop = true;
      }
      changed.notify_all();
      keeper.join();
    }
    if (log >= 0) ::close(log);
  }

  void run(const std::vector<std::string>& arguments);
  void keep(const std::vector<std::string>& arguments);
  bool alive() const;
  std::string output() const;
};

namespace {

// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_anvil(char* const* argv, pid_t parent, int log) {
  ::setpgid(0, 0);  // a Ctrl-C in the terminal is for Sotto, which then ends anvil
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  ::execv(argv[0], argv);
  ::_exit(127);
}

}  // namespace

void EmbeddedChain::Child::keep(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  pid_t parent = ::getpid();
  pid_t child = ::fork();
  if (child == 0) become_anvil(argv.data(), parent, log);
  std::unique_lock lock(mutex);
  pid = child;
  started = true;
  changed.notify_all();
  if (child < 0) return;
  changed.wait(lock, [this] { return stop; });
  // The group exists from the child's setpgid on; before that only the child itself does.
  if (::kill(-child, SIGKILL) != 0) ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
}

void EmbeddedChain::Child::run(const std::vector<std::string>& arguments) {
  log = ::memfd_create("anvil", MFD_CLOEXEC);
  keeper = std::thread([this, arguments] { keep(arguments); });
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return started; });
}

// WNOWAIT leaves the corpse to keep().
bool EmbeddedChain::Child::alive() const {
  siginfo_t info{};
  if (pid <= 0) return false;
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

std::string EmbeddedChain::Child::output() const {
  std::array<char, 400> text{};
  ssize_t n = log < 0 ? 0 : ::pread(log, text.data(), text.size(), 0);
  std::string out;
  for (ssize_t i = 0; i < n; i++) out += text[i] >= 0x20 ? text[i] : ' ';
  return out.empty() ? "it said nothing" : out;
}

EmbeddedChain::EmbeddedChain(std::unique_ptr<Child> child) : child_(std::move(child)) {}
EmbeddedChain::EmbeddedChain(EmbeddedChain&&) noexcept = default;
EmbeddedChain& EmbeddedChain::operator=(EmbeddedChain&&) noexcept = default;
EmbeddedChain::~EmbeddedChain() = default;

Result<std::string> EmbeddedChain::find_anvil() {
  if (const char* given = std::getenv("SOTTO_ANVIL")) {
    if (::access(given, X_OK) == 0) return std::string(given);
    return environment_error(std::string("SOTTO_ANVIL names ") + given + ", which cannot be executed");
  }
  SOTTO_TRY(std::string folder, contracts_folder());
  // npm publishes it for amd64; on another machine SOTTO_ANVIL names one.
  std::string path = folder + "/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
  if (::access(path.c_str(), X_OK) == 0) return path;
  return environment_error(
      "the embedded chain (anvil) is not installed; run ./run setup, which runs npm ci in contracts/");
}

Result<EmbeddedChain> EmbeddedChain::start() {
  SOTTO_TRY(std::string binary, find_anvil());
  std::string problem;
  for (int attempt = 0; attempt < kStartAttempts; attempt++) {
    SOTTO_TRY(uint16_t port, free_port());
    auto child = std::make_unique<Child>();
    child->url = "http://127.0.0.1:" + std::to_string(port);
    child->run(anvil_arguments(binary, port));
    EmbeddedChain chain(std::move(child));
    for (Clock::time_point end = Clock::now() + kStartTime; chain.child_->alive() && Clock::now() < end;) {
      Result<ChainClient> client = chain.connect();
      // The child must still live: another program may have taken the port and answered in its place.
      if (client.ok() && client->is_embedded() && chain.child_->alive()) {
        chain.child_->client = std::make_unique<ChainClient>(std::move(client).value());
        return chain;
      }
      if (!client.ok()) problem = client.error().message;
      std::this_thread::sleep_for(kPoll);
    }
    if (!chain.child_->alive()) problem = "it ended at once: " + chain.child_->output();
  }
  return environment_error("the embedded chain (" + binary + ") does not start: " + problem);
}

const std::string& EmbeddedChain::url() const { return child_->url; }
int EmbeddedChain::process_id() const { return child_->pid; }

Result<ChainClient> EmbeddedChain::connect() const {
  ChainOptions options;
  options.rpc.urls = {child_->url};
  options.rpc.chain_id = kArbitrumOne;
  // During the start a refused connection is no news; afterwards there is no network that could fail.
  options.rpc.attempts = child_->client ? 3 : 1;
  options.rpc.first_pause_ms = 50;
  return ChainClient::connect(options);
}

namespace {
Status ask(ChainClient& client, const std::string& method, const Json& params) {
  SOTTO_TRY(RpcAnswer answer, client.rpc().call(method, params));
  if (answer.fault) return environment_error("the embedded chain refused " + method + ": " + answer.fault->message);
  return ok_status();
}
}  // namespace

Status EmbeddedChain::fund(const Address& who, Wei balance) {
  return ask(*child_->client, "anvil_setBalance", Json::array({to_hex(who), quantity(balance)}));
}

Result<PrivateKey> EmbeddedChain::funded_key(Wei balance) {
  PrivateKey key = PrivateKey::generate();
  SOTTO_TRY_STATUS(fund(key.address(), balance));
  return key;
}

Status EmbeddedChain::advance_time(uint64_t seconds) {
  SOTTO_TRY_STATUS(ask(*child_->client, "evm_increaseTime", Json::array({quantity(seconds)})));
  return ask(*child_->client, "evm_mine", Json::array());
}

}  // namespace sotto::contest
