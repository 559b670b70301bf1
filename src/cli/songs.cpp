// SPDX-License-Identifier: Apache-2.0
// sotto songs: what the agents of a run have found, for the owner of its state folder.
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>

#include "cli/inputs.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"
#include "contest/mind/composer.h"
#include "contest/secrecy/private_file.h"
#include "contest/secrecy/store.h"
#include "contest/swarm/crew.h"

namespace sotto::cli {
namespace {

constexpr uint64_t kMaxEventLine = 1 << 20;

struct Options {
  JudgeInput judge;
  std::string state, output, passphrase_file;
  uint64_t seed = 1;
  unsigned best = 10;
  bool seed_given = false, reveal = false, json = false;
};

struct Found {
  uint32_t agent = 0, slot = 0;
  contest::Scored song;
};

// The run as its first event tells it.
struct Run {
  uint32_t agents = 0, slots = 0, tries = 0;
};
Result<Run> read_run(const std::string& state) {
  const std::string path = state + "/events.jsonl";
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  if (!file) return input_error(path + " cannot be read: is " + state + " the --state folder of a swarm?");
  std::string line(kMaxEventLine, '\0');
  if (!std::fgets(line.data(), static_cast<int>(line.size()), file.get())) return input_error(path + " is empty");
  const Json event = Json::parse(line.c_str(), nullptr, false);
  const auto number = [&](const char* name) -> std::optional<uint32_t> {
    const auto at = event.is_object() ? event.find(name) : event.end();
    if (!event.is_object() || at == event.end() || !at->is_number_unsigned()) return {};
    return at->get<uint32_t>();
  };
  const auto agents = number("agents"), slots = number("size_class"), tries = number("tries");
  if (!agents || !slots || !tries || !event.contains("cpu_share") || !event["cpu_share"].is_boolean())
    return input_error(path + " does not begin with the start of a run");
  return Run{*agents, *slots, event["cpu_share"].get<bool>() ? 0 : *tries};
}

bool better(const Found& a, const Found& b) {
  if (a.song.score != b.song.score) return a.song.score > b.song.score;
  if (a.song.instructions != b.song.instructions) return a.song.instructions < b.song.instructions;
  return a.agent != b.agent ? a.agent < b.agent : a.slot < b.slot;
}

// Keeps the best of different sound.
class Best {
 public:
  explicit Best(size_t most) : most_(most) {}
  void add(const Found& found) {
    if (songs_.size() == most_ && !better(found, songs_.back())) return;
    const auto same = std::find_if(songs_.begin(), songs_.end(), [&](const Found& f) {
      return f.song.impression.fingerprint == found.song.impression.fingerprint;
    });
    if (same != songs_.end()) {
      if (!better(found, *same)) return;
      songs_.erase(same);
    }
    songs_.insert(std::upper_bound(songs_.begin(), songs_.end(), found, better), found);
    if (songs_.size() > most_) songs_.pop_back();
  }
  const std::vector<Found>& songs() const { return songs_; }

 private:
  size_t most_;
  std::vector<Found> songs_;
};

Result<std::vector<Found>> find(const Options& o, const judge::Network& net) {
  SOTTO_TRY(const Run run, read_run(o.state));
  SOTTO_TRY(const contest::SecretKey master, o.passphrase_file.empty() ? contest::open_master_key(o.state)
                                                                       : contest::master_key_from_passphrase(o.state, o.passphrase_file));
  Best best(o.best);
  for (uint32_t agent = 0; agent < run.agents; ++agent) {
    const uint64_t seed = o.seed_given ? o.seed : contest::agent_seed(master, o.seed, agent);
    const contest::StoreIdentity identity{seed, agent, run.slots, run.tries, judge::judge_digest(net)};
    SOTTO_TRY(const contest::Store store, contest::Store::open(contest::agent_folder(o.state, agent), identity, contest::agent_key(master, agent)));
    SOTTO_TRY_STATUS(store.replay([&](const contest::StoredSlot& slot) {
      for (const contest::Scored& song : slot.songs) best.add({agent, slot.slot, song});
      return ok_status();
    }));
  }
  return best.songs();
}

// FOLDER/01-agent-07-slot-0123.song, readable by its owner only.
Result<std::string> write_song(const Options& o, size_t place, const Found& found, uint32_t unit) {
  char name[64];
  std::snprintf(name, sizeof name, "%02zu-agent-%02u-slot-%04u.song", place, found.agent, found.slot);
  const std::string path = o.output + "/" + name, text = "# title: agent " + std::to_string(found.agent) + ", slot " + std::to_string(found.slot) +
                                                         "\n# score: " + contest::score_text(found.song.score, unit) + "\n" +
                                                         contest::to_source(found.song.genome) + "\n";
  SOTTO_TRY_STATUS(write_file_atomically(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
  return path;
}

Status run(const Options& o) {
  umask(077);
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const std::vector<Found> songs, find(o, net));
  if (!o.output.empty()) {
    SOTTO_TRY_STATUS(contest::make_private_folder(o.output));
  }
  Json list = Json::array();
  for (size_t i = 0; i < songs.size(); ++i) {
    const Found& f = songs[i];
    Json entry = {{"agent", f.agent}, {"slot", f.slot}, {"score", score_number(f.song.score, net.score_unit)}, {"instructions", f.song.instructions},
                  {"brightness", f.song.impression.brightness}, {"motion", f.song.impression.motion}};
    if (!o.output.empty()) {
      SOTTO_TRY(const std::string path, write_song(o, i + 1, f, net.score_unit));
      entry["file"] = path;
    }
    if (o.reveal) entry["song"] = contest::to_source(f.song.genome);
    list.push_back(entry);
    if (o.json) continue;
    char line[96];
    std::snprintf(line, sizeof line, "%3zu  %7s  agent %2u  slot %4u  %2u instructions", i + 1,
                  contest::score_text(f.song.score, net.score_unit).c_str(), f.agent, f.slot, f.song.instructions);
    print_text(line + (o.reveal ? "  " + contest::to_source(f.song.genome) : std::string()));
  }
  if (o.json) print_json({{"songs", list}});
  return ok_status();
}

}  // namespace

void add_songs(Verbs& verbs) {
  CLI::App* verb = verbs.add("songs", "The best songs of a swarm, for the owner of its state folder");
  auto o = std::make_shared<Options>();
  verb->add_option("--state,--dir", o->state, "The folder of the run; the swarm must have ended")->required();
  verb->add_option("--best", o->best, "How many")->capture_default_str()->check(CLI::Range(1, 10'000));
  verb->add_flag("--reveal", o->reveal, "Print the songs themselves");
  verb->add_option("-o,--output", o->output, "Write them to this folder, as files that only you can read");
  verb->add_option("--seed", o->seed, "The --seed of the run, if it was given one")->each([o](const std::string&) { o->seed_given = true; });
  verb->add_option("--passphrase-file", o->passphrase_file, "As for the run");
  o->judge.add_to(verb);
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return run(*o); });
}

}  // namespace sotto::cli
