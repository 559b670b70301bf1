// SPDX-License-Identifier: Apache-2.0
// For tests only: a scripted server, a state folder and a broker between them.
#pragma once
#include <gtest/gtest.h>
#include <poll.h>

#include <filesystem>
#include <memory>

#include "contest/llm/broker.h"
#include "contest/llm/testing/fake_llm_server.h"

namespace sotto::contest {

inline constexpr const char* kTestKey = "sk-test-0123456789abcdef";
inline constexpr const char* kTestSong = "t*(42&t>>10)^t>>5";
inline constexpr const char* kTestBrood = "{\"children\":[{\"op\":\"fresh\",\"parents\":[],\"f\":\"t*5&t>>7\"}]}";

class BrokerRig {
 public:
  // `chat` answers calls for completions or responses; the list of models is not served unless the handler does it.
  explicit BrokerRig(FakeLlmServer::Handler handler) : server(std::move(handler)) {
    static int number = 0;
    folder = std::filesystem::path(testing::TempDir()) / ("sotto-llm-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    std::filesystem::remove_all(folder);
    options.model = "gpt-6-luna";
    options.base_url = server.url();
    options.key = Secret(kTestKey);
    options.state_folder = folder.string();
    options.deadline_ms = 20'000;  // tests on a loaded machine must not run into it by accident
  }
  ~BrokerRig() {
    broker.reset();
    std::filesystem::remove_all(folder);
  }

  void start() {
    broker.reset();
    auto started = LlmBroker::start(options);
    ASSERT_TRUE(started.ok()) << started.error().message;
    broker = std::move(*started);
  }
  void ask(uint32_t agent, uint64_t id, const std::string& prompt = "") {
    if (!broker) start();
    broker->ask({agent, id, prompt.empty() ? "GENERATION " + std::to_string(id) + " " + kTestSong : prompt, 8});
  }
  std::vector<LlmReply> replies(size_t count) {
    std::vector<LlmReply> out;
    while (out.size() < count) {
      pollfd p{broker->wake_fd(), POLLIN, 0};
      if (::poll(&p, 1, 60'000) != 1) break;
      for (LlmReply& reply : broker->take_replies()) out.push_back(std::move(reply));
    }
    EXPECT_EQ(out.size(), count);
    out.resize(count);
    return out;
  }
  LlmReply ask_one(uint32_t agent = 1, uint64_t id = 1) {
    ask(agent, id);
    return replies(1)[0];
  }

  FakeLlmServer server;
  std::filesystem::path folder;
  LlmOptions options;
  std::unique_ptr<LlmBroker> broker;
};

// Serves completions only.
inline FakeLlmServer::Handler completions(FakeLlmServer::Handler handler) {
  return [handler = std::move(handler)](const FakeLlmServer::Request& request) {
    if (request.method == "GET") return FakeLlmServer::error(404, "");
    return handler(request);
  };
}

}  // namespace sotto::contest
