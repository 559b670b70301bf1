// SPDX-License-Identifier: Apache-2.0
// sotto judge import: an ONNX model becomes a judge, exactly or not at all.
#include <cstdio>

#include "base/keccak.h"
#include "cli/judge.h"
#include "cli/output.h"
#include "contest/swarm/interrupt.h"
#include "judge/import/interpret.h"
#include "judge/import/quantise.h"

namespace sotto::cli {
namespace {

using judge::ClipKind;

struct Options {
  JudgeInput front_end;
  std::string model, corpus, output, card;
  std::vector<double> range;
  uint64_t seed = 1;
  size_t songs = 200;
  bool json = false;
};

// Features of people's songs, then of random programs.
Result<judge::ImportSamples> samples_of(const Options& o, const LoadedJudge& front_end) {
  SOTTO_TRY(const judge::Corpus corpus, judge::read_corpus(o.corpus));
  judge::ImportSamples out;
  std::vector<std::vector<uint32_t>> random;
  for (size_t i = 0; i < corpus.songs.size() && out.human < o.songs; i++) {
    if (contest::interrupted()) return contest::interrupted_error();
    for (const judge::HeardClip& clip : judge::clips_of(corpus, i, o.seed)) {
      if (clip.kind == ClipKind::kRandom && random.size() < o.songs) random.push_back(front_end.scorer.features(clip.samples));
      if (clip.kind != ClipKind::kHuman) continue;
      out.features.push_back(front_end.scorer.features(clip.samples));
      out.human++;
    }
  }
  out.features.insert(out.features.end(), random.begin(), random.end());
  return out;
}

std::string card_of(const Options& o, const judge::FloatNet& model, const judge::Imported& imported, ByteSpan file) {
  std::string card = o.card.empty() ? "# Imported judge\n" : o.card + "\n";
  char line[400];
  std::snprintf(line, sizeof line,
                "\nImported from an ONNX model (keccak256 %s): %zu layers, activation %s. Front end and shape of input: that of the judge it was "
                "imported with. Output %.6g scores 0, %.6g scores 10.\nInteger head against the float network, songs of the import: Pearson %.6f.\n",
                to_hex(keccak256(file)).c_str(), model.layers.size(), model.activation.name.c_str(), imported.score_low, imported.score_high,
                imported.layers.back().pearson);
  return card + line;
}

void print_report(const Options& o, const judge::Imported& imported, const judge::ImportSamples& samples, const std::string& digest) {
  if (o.json) {
    Json layers = Json::array();
    for (const judge::LayerError& e : imported.layers)
      layers.push_back({{"node", e.name}, {"rms", e.rms}, {"error_rms", e.error_rms}, {"error_max", e.error_max}, {"clamped", e.clamped}, {"pearson", e.pearson}});
    print_json({{"file", o.output}, {"digest", digest}, {"songs", samples.human}, {"random_programs", samples.features.size() - samples.human},
                {"int_float_pearson", imported.layers.back().pearson}, {"output_at_score_0", imported.score_low},
                {"output_at_score_10", imported.score_high}, {"layers", layers}});
    return;
  }
  std::printf("%-28s %12s %12s %12s %9s %10s\n", "integers against floats", "rms", "error rms", "error max", "clamped", "Pearson");
  for (const judge::LayerError& e : imported.layers)
    std::printf("%-28s %12.5g %12.3g %12.3g %8.3f%% %10.6f\n", e.name.c_str(), e.rms, e.error_rms, e.error_max, 100 * e.clamped, e.pearson);
  print_field("songs", std::to_string(samples.human) + ", and " + std::to_string(samples.features.size() - samples.human) + " random programs");
  print_field("judge", o.output);
  print_field("digest", digest);
}

Status import(const Options& o) {
  contest::catch_interrupts();
  SOTTO_TRY(const Bytes file, read_file(o.model, judge::kMaxOnnxFile));
  SOTTO_TRY(const judge::OnnxModel model, judge::parse_onnx(file));
  SOTTO_TRY(const auto front_end, load_judge(o.front_end));
  SOTTO_TRY(const judge::FloatNet net, judge::interpret(model, front_end->net.bands, front_end->net.frames));
  if (front_end->net.samples != sound::kSamples) return input_error(front_end->name + " does not judge songs of ten seconds");
  SOTTO_TRY(const judge::ImportSamples samples, samples_of(o, *front_end));
  std::optional<std::pair<double, double>> range;
  if (!o.range.empty()) range = {o.range[0], o.range[1]};
  SOTTO_TRY(judge::Imported imported, judge::quantise(net, front_end->net, samples, range));
  imported.net.card = card_of(o, net, imported, file);
  SOTTO_TRY_STATUS(judge::check_network(imported.net));
  SOTTO_TRY_STATUS(write_file_atomically(o.output, judge::encode_judge(imported.net)));
  print_report(o, imported, samples, to_hex(judge::judge_digest(imported.net)));
  return ok_status();
}

}  // namespace

void add_judge_import(Verbs& verbs, CLI::App* judge) {
  CLI::App* verb = verbs.add("import", "Make a judge of an ONNX model that has the shape of one", judge);
  auto o = std::make_shared<Options>();
  verb->add_option("model", o->model, "An *.onnx file: features of a front end in, [1, bands, frames]; one number out")->required();
  verb->add_option("--corpus", o->corpus, "Human songs, on which scales are chosen: as for `sotto judge eval`")->required();
  verb->add_option("-o,--output", o->output, "The *.judge file to write")->required();
  verb->add_option("--front-end", o->front_end.file, "The judge whose front end the model was trained on; without it the shipped judge");
  verb->add_option("--range", o->range, "Outputs of the model that score 0 and 10, such as 0,1; without it people's songs set the scale")
      ->delimiter(',')->expected(2);
  verb->add_option("--songs", o->songs, "How many songs, and as many random programs, to choose scales on")->capture_default_str()->check(CLI::Range(1, 5000));
  verb->add_option("--seed", o->seed, "Of the random programs")->capture_default_str();
  verb->add_option("--card", o->card, "First line of the judge's card");
  add_json_flag(verb, o->json);
  verb->footer("A judge has conv layers of four frames and stride two, one activation, means (and mean squares) over the frames, and a\n"
               "linear output. Whatever a model has beyond that is refused by name. docs/judge-import.md says how to train one.");
  verbs.on_run(verb, [o] { return import(*o); });
}

}  // namespace sotto::cli
