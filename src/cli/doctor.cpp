// SPDX-License-Identifier: Apache-2.0
// sotto doctor: what is installed, which CPU path is used, what is missing and how to get it.
#include <filesystem>
#include <thread>

#include "base/cpu_path.h"
#include "base/parallel.h"
#include "cli/inputs.h"
#include "cli/llm_options.h"
#include "cli/output.h"
#include "contest/bus/nats.h"
#include "contest/bus/server_version.h"
#include "contest/chain/artifact.h"
#include "contest/chain/embedded.h"
#include "contest/llm/models.h"
#include "contest/llm/probe.h"
#include "contest/secrecy/confine.h"

namespace sotto::cli {
namespace {

struct Finding {
  std::string name, state, remedy;  // remedy empty: fine
};

template <class T>
Finding finding(const std::string& name, const Result<T>& result, const std::string& state, const std::string& remedy = {}) {
  if (result.ok()) return {name, state, {}};
  return {name, "missing", remedy.empty() ? result.error().message : remedy};
}

std::string cpu_text() {
  std::string text = cpu_path_name(default_cpu_path());
  text += ", ";
  return text + std::to_string(thread_count()) + " of " + std::to_string(std::thread::hardware_concurrency()) + " threads";
}

Finding development_setup() {
  std::error_code error;
  unsigned files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(cache_folder(), error)) files += entry.path().extension() == ".srs";
  return {"setup cache", files ? std::to_string(files) + " files in " + cache_folder() : "empty; filled at the first proof", {}};
}

Finding disk() {
  std::error_code error;
  const auto space = std::filesystem::space(std::filesystem::temp_directory_path(error), error);
  if (error) return {"temporary disk", "unknown", {}};
  const uint64_t mib = space.available >> 20;
  return {"temporary disk", std::to_string(mib) + " MiB free", mib < 200 ? "free some space, or set TMPDIR" : ""};
}

// NATS is optional: it is missed only when a server was named.
Finding bus(const std::string& url) {
  const auto library = contest::nats_library();
  if (!library) return {"NATS", "not in this build", url.empty() ? "" : library.error().message};
  const auto text = [&](const std::string& where, const contest::ServerVersion& version) {
    return "library " + *library + ", " + where + " " + version.text + (version.sound() ? "" : " (for one trusted operator only)");
  };
  if (!url.empty()) {
    const auto version = contest::running_server_version(url, std::chrono::seconds(3));
    if (!version) return {"NATS", "library " + *library + ", no server", version.error().message};
    return {"NATS", text("server", *version), {}};
  }
  const auto program = contest::find_nats_server();
  if (!program) return {"NATS", "library " + *library + ", no server on this machine", {}};
  const auto version = contest::installed_server_version(*program);
  return {"NATS", version.ok() ? text(*program, *version) : version.error().message, {}};
}

// Without --llm nobody is asked: whether there is a key in the environment, and what would be the default.
std::vector<Finding> language_model(const std::string& llm) {
  LlmInput input;
  input.settings.llm = llm.empty() ? "openai" : llm;
  const auto options = input.load("");
  if (llm.empty()) {
    const std::string model = std::string("the default would be ") + contest::kDefaultLlmModel;
    return {{"language model", options.ok() ? "a key is set, " + model + "; --llm openai asks the server" : "no key is set: agents compose without one", {}}};
  }
  if (!options) return {{"language model", "not usable", options.error().message}};
  std::vector<Finding> out;
  for (const contest::LlmFinding& f : contest::probe_llm(**options)) out.push_back({f.name, f.state, f.remedy});
  return out;
}

std::vector<Finding> examine(const std::string& bus_url) {
  const auto anvil = contest::EmbeddedChain::find_anvil();
  const auto verifier = contest::load_creation_code("Verifier"), prize = contest::load_creation_code("Prize");
  const auto judge_file = JudgeInput{}.path();
  const Result<judge::Network> judge = judge_file.ok() ? judge::read_judge(*judge_file) : Result<judge::Network>(judge_file.error());
  return {{"sotto", kVersion, {}},
          {"processor", cpu_text(), {}},
          finding("judge", judge, judge_file.ok() ? *judge_file : ""),
          finding("embedded chain", anvil, anvil.ok() ? *anvil : ""),
          finding("verifier contract", verifier, "built"),
          finding("prize contract", prize, "built"),
          development_setup(),
          {"isolation of agents", contest::describe(contest::isolation_offer()), {}},
          bus(bus_url),
          disk()};
}

Status doctor(bool json, const std::string& bus_url, const std::string& llm) {
  std::vector<Finding> findings = examine(bus_url);
  for (Finding& f : language_model(llm)) findings.push_back(std::move(f));
  Json list = Json::array();
  bool healthy = true;
  for (const Finding& f : findings) {
    healthy = healthy && f.remedy.empty();
    list.push_back({{"name", f.name}, {"state", f.state}, {"remedy", f.remedy}});
    if (json) continue;
    print_field(f.name.c_str(), f.state);
    if (!f.remedy.empty()) print_field("", "-> " + f.remedy);
  }
  if (json) print_json({{"healthy", healthy}, {"findings", list}});
  return healthy ? ok_status() : Status(environment_error("something is missing; ./run setup gets it"));
}

}  // namespace

void add_doctor(Verbs& verbs) {
  CLI::App* verb = verbs.add("doctor", "What is installed, and what is missing");
  auto json = std::make_shared<bool>(false);
  auto bus_url = std::make_shared<std::string>();
  verb->add_option("--bus", *bus_url, "Look at the NATS server there, too: nats://HOST:PORT");
  auto llm = std::make_shared<std::string>();
  verb->add_option("--llm", *llm, "Look at that language model, too: openai:MODEL, ollama:MODEL, a URL (asks the server for its list, free of charge)")
      ->envname("SOTTO_LLM");
  add_json_flag(verb, *json);
  verbs.on_run(verb, [json, bus_url, llm] { return doctor(*json, *bus_url, *llm); });
}

}  // namespace sotto::cli
