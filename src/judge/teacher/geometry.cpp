// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/geometry.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace sotto::judge::teacher {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAdvice = "; docs/teacher.md says how to get model.safetensors of facebook/audiobox-aesthetics";

// A linear layer: weight [out, in], bias [out].
void add_linear(std::vector<TensorSpec>& list, const std::string& name, uint64_t out, uint64_t in) {
  list.push_back({name + ".weight", {out, in}});
  list.push_back({name + ".bias", {out}});
}
void add_norm(std::vector<TensorSpec>& list, const std::string& name, uint64_t width) {
  list.push_back({name + ".weight", {width}});
  list.push_back({name + ".bias", {width}});
}

void add_stem(std::vector<TensorSpec>& list, const Geometry& g) {
  const std::string name = "wavlm_model.feature_extractor.conv_layers.";
  uint64_t channels = 1;
  for (size_t i = 0; i < g.stem.size(); i++) {
    list.push_back({name + std::to_string(i) + ".0.weight", {g.stem[i].channels, channels, g.stem[i].kernel}});
    if (i == 0) add_norm(list, name + "0.2", g.stem[0].channels);
    channels = g.stem[i].channels;
  }
}

void add_encoder_layer(std::vector<TensorSpec>& list, const Geometry& g, size_t layer) {
  const std::string name = "wavlm_model.encoder.layers." + std::to_string(layer) + ".";
  list.push_back({name + "self_attn.grep_a", {1, g.heads, 1, 1}});
  if (layer == 0) list.push_back({name + "self_attn.relative_attention_bias.weight", {g.buckets, g.heads}});
  for (const char* part : {"k_proj", "v_proj", "q_proj", "out_proj"})
    add_linear(list, name + "self_attn." + part, g.width, g.width);
  add_linear(list, name + "self_attn.grep_linear", kGateRows, g.head_width());
  add_norm(list, name + "self_attn_layer_norm", g.width);
  add_linear(list, name + "fc1", g.ffn, g.width);
  add_linear(list, name + "fc2", g.width, g.ffn);
  add_norm(list, name + "final_layer_norm", g.width);
}

// Linear, LayerNorm, GELU (which has no tensors but counts), …, Linear to one number.
void add_head(std::vector<TensorSpec>& list, const Geometry& g, const std::string& axis) {
  const std::string name = "proj_layer." + axis + ".";
  for (size_t i = 0; i + 1 < g.head_layers; i++) {
    add_linear(list, name + std::to_string(3 * i), g.width, g.width);
    add_norm(list, name + std::to_string(3 * i + 1), g.width);
  }
  add_linear(list, name + std::to_string(3 * (g.head_layers - 1)), 1, g.width);
  list.push_back({"layer_weights." + axis, {g.layers + 1}});
}

// What the code relies on. Bounds keep a foreign description from asking for absurd amounts of memory.
bool admissible(const Geometry& g) {
  const Geometry most;
  if (g.stem.empty() || g.stem.size() > most.stem.size()) return false;
  size_t samples = kWindow;
  for (const StemLayer& layer : g.stem) {
    if (layer.channels < 1 || layer.channels > 512 || layer.kernel < 1 || layer.stride < 1 || layer.kernel > samples)
      return false;
    samples = (samples - layer.kernel) / layer.stride + 1;
  }
  const auto within = [](size_t x, size_t limit) { return x >= 1 && x <= limit; };
  return samples <= most.frames() && within(g.width, most.width) && within(g.ffn, most.ffn) &&
         within(g.heads, most.heads) && within(g.layers, most.layers) && within(g.pos_kernel, most.pos_kernel) &&
         g.pos_kernel % 2 == 0 && within(g.pos_groups, most.pos_groups) && within(g.buckets, most.buckets) &&
         g.buckets % 4 == 0 && within(g.max_distance, most.max_distance) && g.buckets / 4 < g.max_distance &&
         within(g.head_layers, most.head_layers) && g.width % g.heads == 0 && g.width % g.pos_groups == 0 &&
         g.width != g.stem.back().channels;
}

// The numbers of a Geometry beside the stem, in the order of their names in JSON.
struct Field {
  const char* name;
  size_t Geometry::* member;
};
constexpr Field kFields[] = {{"width", &Geometry::width},
                             {"ffn", &Geometry::ffn},
                             {"heads", &Geometry::heads},
                             {"layers", &Geometry::layers},
                             {"pos_kernel", &Geometry::pos_kernel},
                             {"pos_groups", &Geometry::pos_groups},
                             {"buckets", &Geometry::buckets},
                             {"max_distance", &Geometry::max_distance},
                             {"head_layers", &Geometry::head_layers}};

bool read_geometry(const Json& json, Geometry& out) {
  if (!json.is_object() || !json.contains("stem") || !json["stem"].is_array()) return false;
  out.stem.clear();
  for (const Json& layer : json["stem"]) {
    if (!layer.is_array() || layer.size() != 3) return false;
    if (!std::all_of(layer.begin(), layer.end(), [](const Json& n) { return n.is_number_unsigned(); })) return false;
    out.stem.push_back({layer[0], layer[1], layer[2]});
  }
  for (const Field& field : kFields) {
    if (!json.contains(field.name) || !json[field.name].is_number_unsigned()) return false;
    out.*field.member = json[field.name];
  }
  return admissible(out);
}

Error refused(const Safetensors& file, const std::string& what) {
  return input_error(file.name() + ": " + what + kAdvice);
}

Status missing(const Safetensors& file, const Geometry& g, const std::string& name) {
  const std::string found =
      std::to_string(file.tensors().size()) + " tensors, " + std::to_string(tensor_list(g).size()) + " are needed";
  if (file.tensors().count("model." + name))
    return refused(file,
                   "the names begin with \"model.\", as in checkpoint.pt: the conversion must remove that prefix");
  return refused(file, "the tensor " + name + " is missing (the file holds " + found + ")");
}

}  // namespace

size_t Geometry::frames() const {
  size_t n = kWindow;
  for (const StemLayer& layer : stem) n = (n - layer.kernel) / layer.stride + 1;
  return n;
}

std::vector<TensorSpec> tensor_list(const Geometry& g) {
  std::vector<TensorSpec> list = {{"wavlm_model.mask_emb", {g.width}}};  // of training only
  add_stem(list, g);
  add_linear(list, "wavlm_model.post_extract_proj", g.width, g.stem.back().channels);
  list.push_back({"wavlm_model.encoder.pos_conv.0.bias", {g.width}});
  list.push_back({"wavlm_model.encoder.pos_conv.0.weight_g", {1, 1, g.pos_kernel}});
  list.push_back({"wavlm_model.encoder.pos_conv.0.weight_v", {g.width, g.width / g.pos_groups, g.pos_kernel}});
  for (size_t layer = 0; layer < g.layers; layer++) add_encoder_layer(list, g, layer);
  add_norm(list, "wavlm_model.encoder.layer_norm", g.width);
  add_norm(list, "wavlm_model.layer_norm", g.stem.back().channels);
  for (const Axis& axis : kAxisList) add_head(list, g, axis.name);
  return list;
}

std::string geometry_text(const Geometry& g) {
  Json json = {{"stem", Json::array()}};
  for (const StemLayer& layer : g.stem) json["stem"].push_back({layer.channels, layer.kernel, layer.stride});
  for (const Field& field : kFields) json[field.name] = g.*field.member;
  return json.dump();
}

Result<Geometry> geometry_of(const Safetensors& file) {
  const auto text = file.metadata().find(kGeometryKey);
  if (text == file.metadata().end()) return Geometry{};
  Geometry geometry;
  if (!read_geometry(Json::parse(text->second, nullptr, false), geometry))
    return refused(file, std::string("its metadata ") + kGeometryKey +
                             " describes no model of this kind, or one larger than Audiobox");
  return geometry;
}

Status check_tensors(const Safetensors& file, const Geometry& geometry) {
  const std::vector<TensorSpec> list = tensor_list(geometry);
  for (const TensorSpec& spec : list) {
    const auto found = file.tensors().find(spec.name);
    if (found == file.tensors().end()) return missing(file, geometry, spec.name);
    if (found->second.shape != spec.shape)
      return refused(file, "the tensor " + spec.name + " has shape " + shape_text(found->second.shape) + ", and " +
                               shape_text(spec.shape) + " is needed");
    if (found->second.dtype != "F32")
      return refused(file, "the tensor " + spec.name + " is " + found->second.dtype +
                               ", and F32 is needed: convert without reducing precision");
  }
  if (file.tensors().size() == list.size()) return ok_status();
  std::set<std::string> known;
  for (const TensorSpec& spec : list) known.insert(spec.name);
  for (const auto& [name, tensor] : file.tensors())
    if (!known.count(name)) return refused(file, "the tensor " + name + " is not one of the model's");
  return ok_status();
}

}  // namespace sotto::judge::teacher
