// SPDX-License-Identifier: Apache-2.0
// sotto setup: dev (the development setup), import (a public powers-of-tau file), check (any setup file).
#include <filesystem>
#include <fstream>

#include "cli/inputs.h"
#include "cli/output.h"

namespace sotto::cli {
namespace {

struct Options {
  unsigned log_size = 0;
  std::string file, output;
  bool json = false;
};

Status report(const zk::Srs& srs, const std::string& file, bool json) {
  const std::string digest = to_hex(srs.digest);
  if (json) {
    print_json({{"file", file}, {"log_size", srs.log_size()}, {"development", srs.development}, {"digest", digest}});
    return ok_status();
  }
  print_field("file", file);
  print_field("powers", "2^" + std::to_string(srs.log_size()));
  print_field("digest", digest);
  print_field("kind", srs.development ? "development: its trapdoor is known; for the embedded chain and tests only" : "powers of tau");
  return ok_status();
}

Status make_development(const Options& o) {
  SOTTO_TRY(const zk::Srs srs, zk::cached_development_srs(o.log_size));
  return report(srs, cache_folder(), o.json);
}

Status import(const Options& o) {
  SOTTO_TRY(const zk::Srs srs, zk::read_ptau(o.file, o.log_size));
  std::string output = o.output;
  if (output.empty()) {
    std::error_code error;
    std::filesystem::create_directories(cache_folder(), error);
    output = (std::filesystem::path(cache_folder()) / ("ptau-" + std::to_string(o.log_size) + ".srs")).string();
  }
  SOTTO_TRY_STATUS(zk::write_srs(srs, output));
  return report(srs, output, o.json);
}

bool is_ptau(const std::string& file) {
  char magic[4] = {};
  std::ifstream(file, std::ios::binary).read(magic, 4);
  return std::string_view(magic, 4) == "ptau";
}

Status check(const Options& o) {
  SOTTO_TRY(const zk::Srs srs, is_ptau(o.file) ? zk::read_ptau(o.file, o.log_size) : zk::read_srs(o.file, o.log_size));
  SOTTO_TRY_STATUS(zk::check_srs(srs));
  return report(srs, o.file, o.json);
}

void add_log_size(CLI::App* verb, Options& o) {
  verb->add_option("--log-size", o.log_size, "log2 of the number of powers")->required()->check(CLI::Range(1, 28));
}

}  // namespace

void add_setup(Verbs& verbs) {
  CLI::App* setup = verbs.add("setup", "The powers of tau that proofs rest on");
  setup->require_subcommand(1);
  auto o = std::make_shared<Options>();

  CLI::App* dev = verbs.add("dev", "Make the development setup (known trapdoor) in the cache", setup);
  add_log_size(dev, *o);
  add_json_flag(dev, o->json);
  verbs.on_run(dev, [o] { return make_development(*o); });

  CLI::App* import_verb = verbs.add("import", "Check a public powers-of-tau file (*.ptau) and keep what is needed", setup);
  import_verb->add_option("file", o->file, "The *.ptau file")->required();
  import_verb->add_option("-o,--output", o->output, "Where to write the setup; without it to the cache");
  add_log_size(import_verb, *o);
  add_json_flag(import_verb, o->json);
  verbs.on_run(import_verb, [o] { return import(*o); });

  CLI::App* check_verb = verbs.add("check", "Check a setup file: points, ratios, pairing", setup);
  check_verb->add_option("file", o->file, "A *.ptau file or a setup file of Sotto")->required();
  add_log_size(check_verb, *o);
  add_json_flag(check_verb, o->json);
  verbs.on_run(check_verb, [o] { return check(*o); });
}

}  // namespace sotto::cli
