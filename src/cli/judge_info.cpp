// SPDX-License-Identifier: Apache-2.0
// sotto judge info (a judge's card and shape) and sotto judge key (its verifying key).
#include "cli/inputs.h"
#include "cli/judge.h"
#include "cli/output.h"
#include "contest/arena/score_text.h"

namespace sotto::cli {
namespace {

struct InfoOptions {
  JudgeInput judge;
  std::string file;  // positional
  bool json = false;
};

size_t parameters(const judge::Network& net) {
  size_t n = net.head_mean.size() + net.head_square.size() + 1;
  for (const judge::ConvLayer& layer : net.conv) n += layer.weights.size() + layer.bias.size();
  return n;
}

std::string shape_text(const judge::Network& net) {
  std::string text = std::to_string(net.frames) + " frames x " + std::to_string(net.bands) + " bands";
  for (const judge::ConvLayer& layer : net.conv)
    text += " -> " + std::to_string(layer.out_frames) + " x " + std::to_string(layer.out_channels);
  return text + " -> score";
}

Status info(InfoOptions o) {
  if (!o.file.empty()) o.judge.file = o.file;
  SOTTO_TRY(const judge::Network net, o.judge.load());
  const std::string digest = to_hex(judge::judge_digest(net));
  if (o.json) {
    Json layers = Json::array();
    for (const judge::ConvLayer& layer : net.conv)
      layers.push_back({{"in_channels", layer.in_channels}, {"out_channels", layer.out_channels}, {"out_frames", layer.out_frames}});
    print_json({{"digest", digest}, {"samples", net.samples}, {"frames", net.frames}, {"bins", net.bins}, {"bands", net.bands},
                {"parameters", parameters(net)}, {"conv", layers}, {"score_unit", net.score_unit},
                {"max_score", score_number(judge::max_score(net), net.score_unit)}, {"card", net.card}});
    return ok_status();
  }
  print_field("digest", digest);
  print_field("input", std::to_string(net.samples) + " samples of " + std::to_string(net.sample_bits) + " bits");
  print_field("network", shape_text(net));
  print_field("parameters", contest::with_commas(parameters(net)));
  print_field("highest score", contest::score_text(judge::max_score(net), net.score_unit));
  print_text("\n" + net.card);
  return ok_status();
}

struct KeyOptions {
  JudgeInput judge;
  SetupInput setup;
  unsigned slots = 32;
  std::string output;
  bool json = false;
};

Status write_key(const KeyOptions& o) {
  SOTTO_TRY(const judge::Network net, o.judge.load());
  SOTTO_TRY(const auto key, load_key(net, o.slots, o.setup));
  const claim::VerifyingKey& vk = claim::verifying_key(*key);
  const Bytes bytes = vk.encode();
  SOTTO_TRY_STATUS(write_file_atomically(o.output, bytes));
  const std::string id = to_hex(vk.judge_id());
  if (o.json) {
    print_json({{"file", o.output}, {"judge_id", id}, {"bytes", bytes.size()}, {"slots", o.slots}, {"development", vk.development}});
  } else {
    print_field("judge id", id);
    print_field("verifying key", o.output + ", " + std::to_string(bytes.size()) + " bytes");
    print_field("setup", vk.development ? "development: its trapdoor is known, for the embedded chain and tests only" : "imported");
  }
  return ok_status();
}

}  // namespace

void add_judge_info(Verbs& verbs, CLI::App* judge) {
  CLI::App* show = verbs.add("info", "Print a judge's card, shape and digest", judge);
  auto i = std::make_shared<InfoOptions>();
  show->add_option("file", i->file, "A *.judge file; without it the shipped judge");
  add_json_flag(show, i->json);
  verbs.on_run(show, [i] { return info(*i); });
}

void add_judge_key(Verbs& verbs, CLI::App* judge) {
  CLI::App* key = verbs.add("key", "Write the verifying key of a judge: the content of its data contract", judge);
  auto k = std::make_shared<KeyOptions>();
  k->judge.add_to(key);
  k->setup.add_to(key);
  add_slots(key, k->slots, "Size class: 16, 32 or 64 instructions");
  key->add_option("-o,--output", k->output, "The file to write")->required();
  add_json_flag(key, k->json);
  verbs.on_run(key, [k] { return write_key(*k); });
}

}  // namespace sotto::cli
