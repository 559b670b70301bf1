// SPDX-License-Identifier: Apache-2.0
// sotto link: songs to and from the share links of other bytebeat players; sotto import: a whole library of theirs.
#include <zlib.h>

#include <cstdio>
#include <filesystem>

#include "cli/inputs.h"
#include "cli/output.h"
#include "sound/share/link.h"

namespace sotto::cli {
namespace {

constexpr const char* kSigned = "Signed Bytebeat";  // Dollchan's name

struct LinkOptions {
  SongInput song;
  std::string read, to = "dollchan";
};

std::string song_text(const sound::SharedSong& song, const std::string& name, const std::string& author) {
  std::string text;
  const auto header = [&text](const char* key, const std::string& value) {
    if (value.empty()) return;
    text += std::string("# ") + key + ": ";
    for (char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    text += '\n';
  };
  header("name", name);
  header("author", author);
  if (song.mode != "Bytebeat") header("mode", song.mode == kSigned ? "signed" : song.mode);
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.0f", song.sample_rate);
  if (song.sample_rate != 8000) header("sample-rate", rate);
  return text + song.code + "\n";
}

Status link(const LinkOptions& o) {
  if (!o.read.empty()) {
    SOTTO_TRY(const sound::SharedSong shared, sound::read_link(o.read));
    print_text(song_text(shared, "", ""));
    return ok_status();
  }
  SOTTO_TRY(const sound::Song song, o.song.load());
  const sound::SharedSong shared{song.source, static_cast<double>(song.sample_rate), song.mode == sound::SampleMode::kSigned ? kSigned : "Bytebeat"};
  SOTTO_TRY(const std::string text, o.to == "dollchan" ? sound::dollchan_link(shared) : sound::html5bytebeat_link(shared));
  print_text(text);
  return ok_status();
}

struct ImportOptions {
  std::string library, folder;
  bool json = false;
};

// Plain or gzip. zlib reads both.
Result<std::string> read_library_file(const std::string& path) {
  constexpr size_t kMaxLibrary = 256u << 20;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return input_error("cannot read " + path);
  std::string text;
  char buffer[1 << 16];
  int n = 0;
  while ((n = gzread(file, buffer, sizeof buffer)) > 0 && text.size() <= kMaxLibrary) text.append(buffer, static_cast<size_t>(n));
  gzclose(file);
  if (n < 0) return input_error(path + " is damaged");
  if (text.size() > kMaxLibrary) return input_error(path + " is larger than any library");
  return text;
}

std::string text_field(const Json& object, const char* key) {
  const auto field = object.find(key);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

std::string file_name(const std::string& author, const std::string& name, unsigned number) {
  std::string slug;
  for (char c : author + "-" + name) {
    if (std::isalnum(static_cast<unsigned char>(c))) slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!slug.empty() && slug.back() != '-') slug += '-';
  }
  char head[16];
  std::snprintf(head, sizeof head, "%04u-", number);
  return head + slug.substr(0, 60) + ".song";
}

// Songs lie at any depth: by author, remixes within songs. What has a code is a song.
struct Import {
  std::string folder;
  unsigned songs = 0, accepted = 0;

  Status visit(const Json& node, const std::string& author) {
    if (node.is_array()) {
      for (const Json& child : node) SOTTO_TRY_STATUS(visit(child, author));
      return ok_status();
    }
    if (!node.is_object()) return ok_status();
    const std::string own = text_field(node, "author").empty() ? author : text_field(node, "author");
    for (const char* key : {"code", "codeOriginal", "codeMinified"}) {
      if (text_field(node, key).empty()) continue;
      SOTTO_TRY_STATUS(take(node, text_field(node, key), own));
      break;
    }
    for (const char* key : {"songs", "children", "remix"}) {
      if (node.contains(key)) SOTTO_TRY_STATUS(visit(node[key], own));
    }
    return ok_status();
  }

  Status take(const Json& node, const std::string& code, const std::string& author) {
    songs++;
    sound::SharedSong song{code, 8000, text_field(node, "mode")};
    if (song.mode.empty()) song.mode = "Bytebeat";
    if (const auto rate = node.find("sampleRate"); rate != node.end() && rate->is_number()) song.sample_rate = rate->get<double>();
    const auto mode = song.mode == kSigned ? sound::SampleMode::kSigned : sound::SampleMode::kBytebeat;
    if ((song.mode != "Bytebeat" && song.mode != kSigned) || !sound::compile(code, mode).ok()) return ok_status();
    accepted++;
    const std::string name = text_field(node, "name"), text = song_text(song, name, author);
    const std::string path = (std::filesystem::path(folder) / file_name(author, name, songs)).string();
    return write_file_atomically(path, Bytes(text.begin(), text.end()));
  }
};

Status import_library(const ImportOptions& o) {
  SOTTO_TRY(const std::string text, read_library_file(o.library));
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return input_error(o.library + " is not the JSON of a bytebeat library");
  std::error_code error;
  std::filesystem::create_directories(o.folder, error);
  if (error) return environment_error("cannot make the folder " + o.folder);
  Import import{o.folder};
  SOTTO_TRY_STATUS(import.visit(json, ""));
  if (import.songs == 0) return input_error(o.library + " holds no songs");
  if (o.json) print_json({{"songs", import.songs}, {"accepted", import.accepted}, {"folder", o.folder}});
  else print_text(std::to_string(import.accepted) + " of " + std::to_string(import.songs) + " songs can be played and lie in " + o.folder);
  return ok_status();
}

}  // namespace

void add_link(Verbs& verbs) {
  CLI::App* verb = verbs.add("link", "Print the share link of a song, or the song of a share link");
  auto o = std::make_shared<LinkOptions>();
  o->song.add_to(verb);
  verb->add_option("--read", o->read, "A link of Dollchan's composer or of html5bytebeat: prints its song");
  verb->add_option("--to", o->to, "Whose link to print")->check(CLI::IsMember({"dollchan", "html5bytebeat"}));
  verbs.on_run(verb, [o] { return link(*o); });

  CLI::App* import_verb = verbs.add("import", "Turn a library of Dollchan's composer into *.song files");
  auto i = std::make_shared<ImportOptions>();
  import_verb->add_option("library", i->library, "The library: JSON, plain or gzip")->required();
  import_verb->add_option("-o,--output", i->folder, "The folder for the songs")->required();
  add_json_flag(import_verb, i->json);
  verbs.on_run(import_verb, [i] { return import_library(*i); });
}

}  // namespace sotto::cli
