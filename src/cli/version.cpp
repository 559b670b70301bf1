// SPDX-License-Identifier: Apache-2.0
// sotto version.
#include "cli/output.h"

namespace sotto::cli {

void add_version(Verbs& verbs) {
  CLI::App* verb = verbs.add("version", "Print the version");
  auto json = std::make_shared<bool>(false);
  add_json_flag(verb, *json);
  verbs.on_run(verb, [json]() -> Status {
    if (*json) {
      print_json({{"version", kVersion}, {"compiler", __VERSION__}});
    } else {
      print_text(std::string("sotto ") + kVersion);
    }
    return ok_status();
  });
}

}  // namespace sotto::cli
