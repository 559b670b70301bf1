// SPDX-License-Identifier: Apache-2.0
// Writes the seed corpus of the fuzz targets: small inputs of our own making that are accepted, so that mutation starts deep
// inside each parser. Random numbers come from fixed seeds, except the masks of the proof.
//   fuzz.seeds FOLDER
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "claim/network/examples.h"
#include "claim/network/prove.h"
#include "cli/claim_file.h"
#include "contest/bus/credentials.h"
#include "contest/secrecy/record.h"
#include "contest/swarm/wire.h"
#include "sound/audio/wav.h"
#include "sound/share/link.h"
#include "support/toy.h"
#include "zk/commit/srs.h"

namespace {

using namespace sotto;

std::string root;

void seed(const std::string& target, const std::string& name, ByteSpan bytes) {
  std::filesystem::create_directories(root + "/" + target);
  SOTTO_CHECK(write_file_atomically(root + "/" + target + "/" + name, bytes).ok());
}
void seed(const std::string& target, const std::string& name, const std::string& text) {
  seed(target, name, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

void songs() {
  seed("song", "sawtooth", std::string("t"));
  seed("song", "named", std::string("# name: seed\n# author: sotto\nt*(t>>8&3)|t>>4"));
  seed("song", "statements", std::string("a=t>>6;b=[1,2,3,5][t>>12&3];for(i=0;i<3;i++)a+=b*i;a&t*b"));
  seed("song", "calls", std::string("\"0123456789\".charCodeAt(t>>10&7)*t%256 + int(sin(t/9)*20) + min(t,64)"));
  seed("song", "noise", std::string("f=x=>random()*x&-t>>5,f(t)+f(64)+(Math.random()<.1?t:0)"));
  seed("song", "ternary", std::string("t&4096?t*(t^t%9):t/3,(t<<1)-~t**2"));
}

void judges() {
  judge::RandomShape shape;
  shape.samples = 203;
  seed("judge", "toy", judge::encode_judge(judge::random_network(shape, 1)));
}

// Two parts for fuzz::two_parts.
Bytes key_and_proof(const Bytes& key, const Bytes& proof) {
  Bytes bytes;
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(key.size() >> shift));
  append(bytes, key);
  append(bytes, proof);
  return bytes;
}

// No weights, so the output is the zeros that the target claims.
void networks() {
  using namespace claim::network;
  NetworkBuilder b;
  const Tensor x = b.bytes(4), hidden = b.dense_relu(x, {4, 2, std::vector<int32_t>(8), {}, 8, false});
  b.output(b.dense_wide(hidden, {2, 1, {0, 0}, {}, 8, false}), 1);
  Network network = b.finish().value();
  const auto srs = std::make_shared<const zk::Srs>(zk::make_development_srs(17));
  const auto key = make_proving_key(std::move(network), srs).value();
  seed("network", "mlp", key_and_proof(key->vk.encode(), prove(*key, std::vector<uint32_t>{1, 2, 3, 4}, {}, {}).value().proof));
  // All other kinds of gates and relations.
  const auto gpt_srs = std::make_shared<const zk::Srs>(zk::make_development_srs(18));
  const auto gpt = make_proving_key(Gpt::random({1, 2, 4, 4, 2, 5}, 3).quantised().value(), gpt_srs).value();
  seed("network", "gpt", key_and_proof(gpt->vk.encode(), prove(*gpt, std::vector<uint32_t>{0, 4, 2, 2}, {}, {}).value().proof));
}

void proofs() {
  const auto key = toy::key();
  const Bytes vk = claim::verifying_key(*key).encode();
  const claim::Proven proven = toy::prove(*key, toy::program());
  seed("proof", "toy", key_and_proof(vk, proven.proof));
  std::filesystem::create_directories(root + "/claim");
  SOTTO_CHECK(cli::write_claim(root + "/claim/toy", {proven.statement, 16, true}).ok());
  contest::AgentProof report{proven.proof, proven.statement, 1234, 5678};
  seed("wire", "proof", contest::encode(contest::Report(report)));
}

void messages() {
  contest::Assignment a;
  a.agent = 3, a.seed = 7, a.folder = "agent-03", a.judge = "toy.judge", a.public_files = {"setup.srs"};
  contest::AgentAsk ask;
  ask.id = 1, ask.children = 8, ask.prompt = "population";
  seed("wire", "assignment", contest::encode(contest::Order(a)));
  seed("wire", "prove", contest::encode(contest::Order(contest::ProveOrder{5, toy::target(), ""})));
  seed("wire", "answer", contest::encode(contest::Order(contest::ModelAnswer{1, true, "{}"})));
  seed("wire", "score", contest::encode(contest::Report(contest::AgentScore{5, 512, 100, 900})));
  seed("wire", "ask", contest::encode(contest::Report(ask)));
  contest::StoredSlot slot;
  slot.slot = 1, slot.answers = {"an answer"};
  seed("wire", "slot", contest::encode_slot(slot));
}

void setups() {
  const std::string file = root + "/setup/development";
  std::filesystem::create_directories(root + "/setup");
  SOTTO_CHECK(zk::write_srs(zk::make_development_srs(2), file).ok());
  seed("setup", "ptau-header", std::string("ptau\1\0\0\0\2\0\0\0\1\0\0\0\x2c\0\0\0\0\0\0\0\x20\0\0\0", 28));
}

void sounds() {
  sound::Samples samples{};
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<uint8_t>(i * (i >> 8 & 3) | i >> 4);
  Bytes wav = sound::wav_bytes(samples).value();
  wav.resize(2048);  // the header promises more than comes
  seed("recording", "short", wav);
  const sound::SharedSong song{"t*(t>>8&3)|t>>4", 8000, "Bytebeat"};
  seed("link", "dollchan", sound::dollchan_link(song).value());
  seed("link", "html5bytebeat", sound::html5bytebeat_link(song).value());
}

void texts() {
  seed("children", "two", std::string(R"({"children":[{"op":"cross","parents":[0,1],"code":"t*(t>>8&3)|t>>4"},{"op":"tune","parents":[0],"code":"t*5&t>>7"}]})"));
  seed("children", "fenced", std::string("Here you are:\n```json\n[{\"op\":\"fresh\",\"code\":\"(t*3)^(t>>6)\"}, {\"op\":\"fre"));
  const std::string word = "\"0x" + std::string(64, '1') + "\"", address = "\"0x" + std::string(40, '2') + "\"";
  const std::string log = "{\"address\":" + address + ",\"topics\":[" + word + "],\"data\":\"0x00\",\"blockNumber\":\"0x7\",\"logIndex\":\"0x0\","
                          "\"transactionHash\":" + word + ",\"removed\":false}";
  seed("rpc", "receipt", "{\"transactionHash\":" + word + ",\"blockHash\":" + word + ",\"blockNumber\":\"0x7\",\"status\":\"0x1\",\"gasUsed\":\"0x5208\","
                         "\"effectiveGasPrice\":\"0x3b9aca00\",\"contractAddress\":" + address + ",\"logs\":[" + log + "]}");
  seed("rpc", "logs", "[" + log + "," + log + "]");
  seed("rpc", "word", word);
  seed("bus", "score", std::string(R"({"slot":7,"agents":3,"best":510,"songs":1000})"));
  seed("bus", "credentials", contest::credentials_text({"red", "red-1", "a password", "_INBOX.x", true, false, ""}));
  seed("bus", "url", std::string("tls://example.org:4222"));
  seed("bus", "version", std::string("2.14.0-RC.1"));
  seed("bus", "named", std::string("\2\0\0\0n2{\"best\":5}", 16));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: fuzz.seeds FOLDER\n"), 2;
  root = argv[1];
  songs(), judges(), proofs(), networks(), messages(), setups(), sounds(), texts();
  return 0;
}
