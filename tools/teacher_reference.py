#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Audiobox Aesthetics in PyTorch, double precision, written from its specification: what src/judge/teacher is tested against.

  teacher_reference.py golden                  the golden values of the cut-down model (src/judge/teacher/testdata/golden.json)
  teacher_reference.py write FILE              a random model of the true shape as safetensors (415 MB); --small: cut down
  teacher_reference.py score FILE [WAV ...]    scores of a model for WAV files, or for the test signal
  teacher_reference.py official FOLDER         compares this text with the authors' package, whose checkout FOLDER is, stage by
                                               stage with random weights of the true shape; --small: cut down

Needs Debian's python3-torch and python3-torchaudio. Weights and test signal are those of random_teacher.h, number for number:
  z(name, i) = mix(mix(fnv1a64(name) + seed) + i),   u = (floor(z / 2^40) - 2^23) / 2^23,   value = float32(centre + spread u)
"""
import argparse
import json
import math
import struct
import sys
import types

import numpy as np
import torch
import torch.nn.functional as F

RATE, WINDOW = 16000, 160000
AXES = {"CE": (5.06865, 1.93029), "CU": (5.73633, 1.75669), "PC": (3.18591, 1.86637), "PQ": (6.57505, 1.51466)}
CONV = [(10, 5), (3, 2), (3, 2), (3, 2), (3, 2), (2, 2), (2, 2)]  # kernel, stride
AUDIOBOX = dict(channels=512, width=768, ffn=3072, heads=12, layers=12, pos_kernel=128, pos_groups=16, buckets=320,
                max_distance=800, head_layers=5)
SMALL = dict(channels=16, width=24, ffn=40, heads=3, layers=2, pos_kernel=16, pos_groups=4, buckets=32, max_distance=80,
             head_layers=3)
SEED = 7


# ---- random weights and the test signal

def mix(z):
    with np.errstate(over="ignore"):
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(name, count, seed):
    text = 0xCBF29CE484222325
    for c in name.encode():
        text = ((text ^ c) * 0x100000001B3) % 2**64
    key = mix(np.array([(text + seed) % 2**64], dtype=np.uint64))
    with np.errstate(over="ignore"):
        z = mix(key + np.arange(count, dtype=np.uint64))
    return ((z >> np.uint64(40)).astype(np.float64) - 2**23) / 2**23


def shapes(g):
    """Names and shapes of all tensors."""
    w, out = g["width"], {}

    def linear(name, rows, columns):
        out[name + ".weight"], out[name + ".bias"] = [rows, columns], [rows]

    def norm(name, width):
        out[name + ".weight"], out[name + ".bias"] = [width], [width]

    out["wavlm_model.mask_emb"] = [w]
    for i, (kernel, _) in enumerate(CONV):
        out[f"wavlm_model.feature_extractor.conv_layers.{i}.0.weight"] = [g["channels"], g["channels"] if i else 1, kernel]
    norm("wavlm_model.feature_extractor.conv_layers.0.2", g["channels"])
    linear("wavlm_model.post_extract_proj", w, g["channels"])
    norm("wavlm_model.layer_norm", g["channels"])
    pos = "wavlm_model.encoder.pos_conv.0."
    out[pos + "bias"], out[pos + "weight_g"] = [w], [1, 1, g["pos_kernel"]]
    out[pos + "weight_v"] = [w, w // g["pos_groups"], g["pos_kernel"]]
    norm("wavlm_model.encoder.layer_norm", w)
    for i in range(g["layers"]):
        name = f"wavlm_model.encoder.layers.{i}."
        attn = name + "self_attn."
        if i == 0:
            out[attn + "relative_attention_bias.weight"] = [g["buckets"], g["heads"]]
        out[attn + "grep_a"] = [1, g["heads"], 1, 1]
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            linear(attn + part, w, w)
        linear(attn + "grep_linear", 8, w // g["heads"])
        norm(name + "self_attn_layer_norm", w)
        linear(name + "fc1", g["ffn"], w)
        linear(name + "fc2", w, g["ffn"])
        norm(name + "final_layer_norm", w)
    for axis in AXES:
        for i in range(g["head_layers"] - 1):
            linear(f"proj_layer.{axis}.{3 * i}", w, w)
            norm(f"proj_layer.{axis}.{3 * i + 1}", w)
        linear(f"proj_layer.{axis}.{3 * (g['head_layers'] - 1)}", 1, w)
        out[f"layer_weights.{axis}"] = [g["layers"] + 1]
    return out


def law(name, shape):
    if name.endswith("weight_g"):
        return 2, 0.5
    if name.endswith("grep_a"):
        return 1, 0.5
    if name.endswith("relative_attention_bias.weight") or name.startswith("layer_weights."):
        return 0, 1
    if name.endswith("bias"):
        return 0, 0.1
    if len(shape) == 1:
        return 1, 0.25
    return 0, math.sqrt(3.0 / math.prod(shape[1:]))


def random_weights(g, seed):
    out = {}
    for name, shape in shapes(g).items():
        centre, spread = law(name, shape)
        out[name] = (centre + spread * uniform(name, math.prod(shape), seed)).astype(np.float32).reshape(shape)
    return out


def test_signal(samples):
    i = np.arange(samples)
    loud = np.where(i // 4000 % 2 == 0, 0.4, 0.1)
    return (loud * np.sin(2 * math.pi * 220 * i / RATE) + 0.1 * uniform("signal", samples, 0)).astype(np.float32)


# ---- safetensors

def geometry_metadata(g):
    g = dict(g)
    channels = g.pop("channels")
    return json.dumps({"stem": [[channels, kernel, stride] for kernel, stride in CONV], **g}, separators=(",", ":"))


def write_safetensors(path, g, weights):
    header, at = {}, 0
    if g != AUDIOBOX:
        header["__metadata__"] = {"sotto_geometry": geometry_metadata(g)}
    for name, value in sorted(weights.items()):
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
        at += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, value in sorted(weights.items()):
            f.write(value.astype("<f4").tobytes())


def read_safetensors(path):
    with open(path, "rb") as f:
        data = f.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    meta = header.pop("__metadata__", {}).get("sotto_geometry")
    g = dict(AUDIOBOX)
    if meta:
        g = json.loads(meta)
        g["channels"] = g.pop("stem")[0][0]
    weights = {}
    for name, entry in header.items():
        begin, end = (8 + length + o for o in entry["data_offsets"])
        weights[name] = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return g, weights


# ---- the model

class Reference:
    def __init__(self, g, weights, dtype=torch.float64):
        self.g = g
        self.dtype = dtype
        self.w = {name: torch.from_numpy(np.array(value)).to(dtype) for name, value in weights.items()}

    def linear(self, name, x):
        return x @ self.w[name + ".weight"].T + self.w[name + ".bias"]

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], 1e-5)

    def stem(self, samples):
        x = samples[None, None]
        for i, (_, stride) in enumerate(CONV):
            name = f"wavlm_model.feature_extractor.conv_layers.{i}."
            x = F.conv1d(x, self.w[name + "0.weight"], stride=stride)
            if i == 0:  # every channel over time
                mean, var = x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True)
                x = (x - mean) / torch.sqrt(var + 1e-5)
                x = x * self.w[name + "2.weight"][:, None] + self.w[name + "2.bias"][:, None]
            x = F.gelu(x)
        return x[0].T  # frame, channel

    def position(self, x):
        name = "wavlm_model.encoder.pos_conv.0."
        v, gain = self.w[name + "weight_v"], self.w[name + "weight_g"]
        weight = gain * v / torch.sqrt((v * v).sum((0, 1), keepdim=True))
        y = F.conv1d(x.T[None], weight, self.w[name + "bias"], padding=self.g["pos_kernel"] // 2, groups=self.g["pos_groups"])
        return F.gelu(y[0, :, :-1].T)

    def buckets(self, frames):
        n = self.g["buckets"] // 2
        exact = n // 2
        delta = torch.arange(frames)[None, :] - torch.arange(frames)[:, None]  # key - query
        distance = delta.abs()
        scale = math.log(self.g["max_distance"] / exact)
        far = exact + (torch.log(distance.float() / exact) / scale * (n - exact)).to(torch.long)
        far = torch.clamp(far, max=n - 1)
        return torch.where(distance < exact, distance, far) + (delta > 0) * n

    def layer(self, i, x, padded, bias):
        name = f"wavlm_model.encoder.layers.{i}."
        attn = name + "self_attn."
        frames, heads = x.shape[0], self.g["heads"]

        def split(y):
            return y.reshape(frames, heads, -1).transpose(0, 1)

        q, k, v = (split(self.linear(attn + part, x)) for part in ("q_proj", "k_proj", "v_proj"))
        gates = torch.sigmoid(self.linear(attn + "grep_linear", split(x)).reshape(heads, frames, 2, 4).sum(-1))
        gate = gates[..., 0] * (gates[..., 1] * self.w[attn + "grep_a"].reshape(heads, 1) - 1) + 2
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]) + gate[..., None] * bias
        scores = scores.masked_fill(padded[None, None, :], -math.inf)
        mixed = (torch.softmax(scores, -1) @ v).transpose(0, 1).reshape(frames, -1)
        x = self.norm(name + "self_attn_layer_norm", x + self.linear(attn + "out_proj", mixed))
        return self.norm(name + "final_layer_norm", x + self.linear(name + "fc2", F.gelu(self.linear(name + "fc1", x))))

    def head(self, axis, layers, keep):
        mix = torch.softmax(self.w[f"layer_weights.{axis}"], 0)
        x = sum(m * y for m, y in zip(mix, layers))[keep].mean(0)
        embedding = x / max(float(torch.sqrt((x * x).sum())), 1e-12)
        x = embedding
        for i in range(self.g["head_layers"] - 1):
            x = F.gelu(self.norm(f"proj_layer.{axis}.{3 * i + 1}", self.linear(f"proj_layer.{axis}.{3 * i}", x)))
        return embedding, self.linear(f"proj_layer.{axis}.{3 * (self.g['head_layers'] - 1)}", x)[0]

    def window(self, samples):
        """All stages of one window, whose masked frames are left out."""
        valid = len(samples)
        samples = torch.from_numpy(np.pad(samples, (0, WINDOW - valid))).to(self.dtype)
        stages = {"stem": self.stem(samples)}
        x = self.linear("wavlm_model.post_extract_proj", self.norm("wavlm_model.layer_norm", stages["stem"]))
        frames = x.shape[0]
        mask = (torch.arange(WINDOW) >= valid)[: WINDOW - WINDOW % frames]
        padded = mask.reshape(frames, -1).all(-1)
        x[padded] = 0
        stages["projection"] = x
        stages["pos_conv"] = self.position(x)
        x = self.norm("wavlm_model.encoder.layer_norm", x + stages["pos_conv"])
        stages["encoder_input"] = x
        table = self.w["wavlm_model.encoder.layers.0.self_attn.relative_attention_bias.weight"]
        bias = table[self.buckets(frames)].permute(2, 0, 1)
        layers = [x]
        for i in range(self.g["layers"]):
            x = self.layer(i, x, padded, bias)
            stages[f"layer.{i}"] = x
            layers.append(x)
        stages = {name: value[~padded] for name, value in stages.items()}
        raw = []
        for axis in AXES:
            embedding, y = self.head(axis, layers, ~padded)
            stages[f"embedding.{axis}"] = embedding
            raw.append(y)
        stages["raw"] = torch.stack(raw)
        return stages

    def scores(self, samples):
        total = np.zeros(len(AXES))
        for begin in range(0, len(samples), WINDOW):
            part = samples[begin : begin + WINDOW]
            raw = self.window(part)["raw"].double().numpy()
            total += len(part) / len(samples) * np.array([y * std + mean for y, (mean, std) in zip(raw, AXES.values())])
        return total.tolist()


# ---- commands

def summary(name, value, count=16):
    flat = value.double().flatten()
    picks = (mix(np.arange(count, dtype=np.uint64)) % np.uint64(len(flat))).tolist() if len(flat) > count else range(len(flat))
    return {"size": len(flat), "mean": float(flat.mean()), "rms": float(torch.sqrt((flat * flat).mean())),
            "largest": float(flat.abs().max()), "values": [[int(i), round(float(flat[int(i)]), 7)] for i in picks]}


def resampled(rate):
    import torchaudio
    t = np.arange(rate // 2 + 3)
    wave = torch.from_numpy((0.5 * np.sin(2 * math.pi * 997 * t / rate) + 0.1 * uniform("resample", len(t), 0)).astype(np.float32))
    return {"rate": rate, **summary("", torchaudio.functional.resample(wave[None], rate, RATE)[0], 40)}


def golden(_):
    model = Reference(SMALL, random_weights(SMALL, SEED))
    out = {"made_by": "tools/teacher_reference.py golden", "seed": SEED, "windows": [], "clips": [], "resampled": []}
    with torch.no_grad():
        for samples in (WINDOW, 53217, 100):
            stages = model.window(test_signal(samples))
            out["windows"].append({"samples": samples, "stages": {n: summary(n, v) for n, v in stages.items()}})
        for samples in (1, 8000, WINDOW, 200000):
            out["clips"].append({"samples": samples, "scores": model.scores(test_signal(samples))})
    out["relative_buckets"] = model.buckets(499)[0].tolist() + model.buckets(499)[498].tolist()
    out["relative_buckets_audiobox"] = Reference(AUDIOBOX, {}).buckets(499)[0].tolist()
    out["resampled"] = [resampled(rate) for rate in (8000, 11025, 16000, 22050, 44100, 48000, 96000)]
    print(json.dumps(out, separators=(",", ":")))


def write(args):
    g = SMALL if args.small else AUDIOBOX
    write_safetensors(args.file, g, random_weights(g, args.seed))


def score(args):
    model = Reference(*read_safetensors(args.file))
    clips = [None] + args.wav if not args.wav else args.wav
    for path in clips:
        if path is None:
            samples = test_signal(WINDOW)
        else:
            samples = read_wav(path)
        with torch.no_grad():
            print(json.dumps(dict(zip(AXES, model.scores(samples)))))


def read_wav(path):
    """Mono samples at 16 kHz of a PCM file of 8 or 16 bits, resampled as torchaudio does."""
    import wave

    import torchaudio
    with wave.open(path) as f:
        raw, width, channels, rate = f.readframes(f.getnframes()), f.getsampwidth(), f.getnchannels(), f.getframerate()
    values = (np.frombuffer(raw, np.uint8) - 128.0) / 128 if width == 1 else np.frombuffer(raw, "<i2") / 32768.0
    mono = torch.from_numpy(values.reshape(-1, channels).mean(1).astype(np.float32))
    return torchaudio.functional.resample(mono[None], rate, RATE)[0].numpy()


def official(args):
    """The authors' modules with the same weights, single precision, hooked at every stage."""
    hub = types.ModuleType("huggingface_hub")
    hub.PyTorchModelHubMixin = type("PyTorchModelHubMixin", (), {"__init_subclass__": classmethod(lambda cls, **_: None)})
    sys.modules.setdefault("huggingface_hub", hub)
    package = types.ModuleType("audiobox_aesthetics")
    package.__path__ = [args.folder + "/src/audiobox_aesthetics"]
    sys.modules["audiobox_aesthetics"] = package
    from audiobox_aesthetics.model import aes

    g = SMALL if args.small else AUDIOBOX
    stem = ",".join(f"({g['channels']},{k},{s})" for k, s in CONV)
    aes.DEFAULT_AUDIO_CFG.update({
        "encoder_layers": g["layers"], "encoder_embed_dim": g["width"], "encoder_ffn_embed_dim": g["ffn"],
        "encoder_attention_heads": g["heads"], "conv_feature_layers": f"[{stem}]", "conv_pos": g["pos_kernel"],
        "conv_pos_groups": g["pos_groups"], "num_buckets": g["buckets"], "max_distance": g["max_distance"]})
    model = aes.AesMultiOutput(proj_num_layer=g["head_layers"], proj_ln=True, proj_act_fn="gelu", proj_dropout=0.0,
                               nth_layer=g["layers"] + 1)
    weights = random_weights(g, SEED)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()}, strict=True)
    model.eval()
    model.precision = torch.bfloat16  # of an autocast that is off: only so that PyTorch 1.13 accepts the call

    seen = {}
    w = model.wavlm_model
    w.feature_extractor.register_forward_hook(lambda m, i, o: seen.__setitem__("stem", o[0].T))
    w.encoder.pos_conv.register_forward_hook(lambda m, i, o: seen.__setitem__("pos_conv", o[0].T))
    w.encoder.layer_norm.register_forward_hook(lambda m, i, o: seen.__setitem__("encoder_input", o[0]))
    for n, layer in enumerate(w.encoder.layers):
        layer.register_forward_hook(lambda m, i, o, n=n: seen.__setitem__(f"layer.{n}", o[0][:, 0]))
    for axis in AXES:
        model.proj_layer[axis].register_forward_pre_hook(lambda m, i, a=axis: seen.__setitem__(f"embedding.{a}", i[0][0]))
    reference = Reference(g, weights)
    for samples in (WINDOW, 53217):
        wave = np.pad(test_signal(samples), (0, WINDOW - samples))
        mask = torch.arange(WINDOW)[None, None] < samples
        with torch.no_grad():
            preds = model({"wav": torch.from_numpy(wave)[None, None], "mask": mask})
            ours = reference.window(test_signal(samples))
        seen["raw"] = torch.stack([preds[axis][0] for axis in AXES])
        print(f"{samples} samples, {sum(v.size for v in weights.values())} parameters in {len(weights)} tensors")
        for name, value in ours.items():
            if name in seen:
                theirs = seen[name][: len(value)].double()
                print(f"  {name:16} largest difference {float((theirs - value).abs().max()):.2e} of {float(value.abs().max()):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("golden").set_defaults(run=golden)
    for name, run, extra in (("write", write, ["file"]), ("score", score, ["file"]), ("official", official, ["folder"])):
        command = commands.add_parser(name)
        for argument in extra:
            command.add_argument(argument)
        command.add_argument("--small", action="store_true")
        command.add_argument("--seed", type=int, default=SEED)
        if name == "score":
            command.add_argument("wav", nargs="*")
        command.set_defaults(run=run)
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.run(args)


if __name__ == "__main__":
    main()
