// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/wire.h"

#include <algorithm>

namespace sotto::contest {
namespace {

class Writer {
 public:
  explicit Writer(size_t kind) { number(kind, 1); }
  Writer& number(uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out_.push_back(static_cast<uint8_t>(v >> (8 * i)));
    return *this;
  }
  Writer& u32(uint32_t v) { return number(v, 4); }
  Writer& u64(uint64_t v) { return number(v, 8); }
  Writer& raw(ByteSpan v) { return append(out_, v), *this; }
  Writer& bytes(ByteSpan v) { return u32(static_cast<uint32_t>(v.size())).raw(v); }
  Writer& text(const std::string& v) { return bytes(ByteSpan(reinterpret_cast<const uint8_t*>(v.data()), v.size())); }
  Writer& texts(const std::vector<std::string>& v) {
    u32(static_cast<uint32_t>(v.size()));
    for (const std::string& one : v) text(one);
    return *this;
  }
  Bytes done() { return std::move(out_); }

 private:
  Bytes out_;
};

// A read past the end gives zeros and is remembered; finish() tells.
class Reader {
 public:
  explicit Reader(ByteSpan in) : in_(in) {}
  uint64_t number(unsigned bytes) {
    uint64_t v = 0;
    const ByteSpan part = take(bytes);
    for (unsigned i = 0; i < part.size(); ++i) v |= uint64_t{part[i]} << (8 * i);
    return v;
  }
  void read(uint32_t& v) { v = static_cast<uint32_t>(number(4)); }
  void read(uint64_t& v) { v = number(8); }
  void read(bool& v) { v = number(4) != 0; }
  template <size_t N>
  void read(std::array<uint8_t, N>& v) {
    const ByteSpan part = take(N);
    std::copy(part.begin(), part.end(), v.begin());
  }
  void read(Bytes& v) {
    const ByteSpan part = take(number(4));
    v.assign(part.begin(), part.end());
  }
  void read(std::string& v) {
    const ByteSpan part = take(number(4));
    v.assign(part.begin(), part.end());
  }
  void read(std::vector<std::string>& v) {
    for (uint64_t n = number(4); n > 0 && good_; --n) read(v.emplace_back());
  }
  bool finish() const { return good_ && in_.empty(); }

 private:
  ByteSpan take(uint64_t n) {
    if (n > in_.size()) return good_ = false, ByteSpan();
    const ByteSpan part = in_.first(n);
    in_ = in_.subspan(n);
    return part;
  }
  ByteSpan in_;
  bool good_ = true;
};

Bytes write(const Assignment& m, size_t kind) {
  return Writer(kind)
      .u32(m.agent)
      .u64(m.seed)
      .u32(m.slots)
      .u32(m.tries)
      .u32(m.cpu_share)
      .text(m.folder)
      .text(m.judge)
      .raw(m.store_key)
      .u32(m.from_slot)
      .u32(m.llm_children)
      .u32(m.llm_every)
      .u32(m.strict)
      .texts(m.public_files)
      .done();
}
Bytes write(const SlotCall& m, size_t kind) { return Writer(kind).u32(m.slot).u32(m.cpu_ms).u32(m.wall_ms).done(); }
Bytes write(const ProveOrder& m, size_t kind) {
  const claim::Target& t = m.target;
  return Writer(kind)
      .u32(m.slot)
      .u64(t.chain_id)
      .raw(t.contract)
      .raw(t.contest_id)
      .raw(t.beneficiary)
      .text(m.setup)
      .done();
}
Bytes write(const StopProof&, size_t kind) { return Writer(kind).done(); }
Bytes write(const ModelAnswer& m, size_t kind) { return Writer(kind).u64(m.id).u32(m.ok).text(m.text).done(); }
Bytes write(const AgentReady& m, size_t kind) {
  return Writer(kind).u32(m.slots_done).u64(m.songs).u32(m.best).u32(m.best_slot).done();
}
Bytes write(const AgentScore& m, size_t kind) {
  return Writer(kind).u32(m.slot).u32(m.score).u32(m.judged).u32(m.cpu_ms).done();
}
Bytes write(const AgentProgress& m, size_t kind) { return Writer(kind).text(m.stage).u32(m.permille).done(); }
Bytes write(const AgentProof& m, size_t kind) {
  const claim::ClaimStatement& s = m.statement;
  return Writer(kind).bytes(m.proof).u64(s.chain_id).raw(s.contract).raw(s.contest_id).raw(s.judge_id).u32(s.score)
      .raw(s.song_commitment).raw(s.beneficiary).u32(m.milliseconds).u64(m.peak_kib).done();
}
template <class Failure>  // AgentNoProof, AgentFailure
Bytes write_failure(const Failure& m, size_t kind) {
  return Writer(kind).u32(static_cast<uint32_t>(m.kind)).text(m.message).done();
}
Bytes write(const AgentNoProof& m, size_t kind) { return write_failure(m, kind); }
Bytes write(const AgentAsk& m, size_t kind) { return Writer(kind).u64(m.id).u32(m.children).text(m.prompt).done(); }
Bytes write(const AgentYield& m, size_t kind) {
  return Writer(kind).u32(m.proposed).u32(m.parsed).u32(m.judged).u32(m.kept).done();
}
Bytes write(const AgentFailure& m, size_t kind) { return write_failure(m, kind); }

void read(Reader& in, Assignment& m) {
  in.read(m.agent), in.read(m.seed), in.read(m.slots), in.read(m.tries), in.read(m.cpu_share);
  in.read(m.folder), in.read(m.judge), in.read(m.store_key);
  in.read(m.from_slot), in.read(m.llm_children), in.read(m.llm_every), in.read(m.strict), in.read(m.public_files);
}
void read(Reader& in, SlotCall& m) { in.read(m.slot), in.read(m.cpu_ms), in.read(m.wall_ms); }
void read(Reader& in, ProveOrder& m) {
  in.read(m.slot), in.read(m.target.chain_id), in.read(m.target.contract), in.read(m.target.contest_id);
  in.read(m.target.beneficiary), in.read(m.setup);
}
void read(Reader&, StopProof&) {}
void read(Reader& in, ModelAnswer& m) {
  uint32_t ok = 0;
  in.read(m.id), in.read(ok), in.read(m.text);
  m.ok = ok != 0;
}
void read(Reader& in, AgentReady& m) { in.read(m.slots_done), in.read(m.songs), in.read(m.best), in.read(m.best_slot); }
void read(Reader& in, AgentScore& m) { in.read(m.slot), in.read(m.score), in.read(m.judged), in.read(m.cpu_ms); }
void read(Reader& in, AgentProgress& m) { in.read(m.stage), in.read(m.permille); }
void read(Reader& in, AgentProof& m) {
  claim::ClaimStatement& s = m.statement;
  in.read(m.proof), in.read(s.chain_id), in.read(s.contract), in.read(s.contest_id), in.read(s.judge_id),
      in.read(s.score);
  in.read(s.song_commitment), in.read(s.beneficiary), in.read(m.milliseconds), in.read(m.peak_kib);
}
template <class Failure>
void read_failure(Reader& in, Failure& m) {
  uint32_t kind = 0;
  in.read(kind), in.read(m.message);
  switch (static_cast<ErrorKind>(kind)) {
    case ErrorKind::kRejected:
    case ErrorKind::kUsage:
    case ErrorKind::kInput:
    case ErrorKind::kInterrupted: m.kind = static_cast<ErrorKind>(kind); break;
    default: m.kind = ErrorKind::kEnvironment;
  }
}
void read(Reader& in, AgentNoProof& m) { read_failure(in, m); }
void read(Reader& in, AgentAsk& m) { in.read(m.id), in.read(m.children), in.read(m.prompt); }
void read(Reader& in, AgentYield& m) { in.read(m.proposed), in.read(m.parsed), in.read(m.judged), in.read(m.kept); }
void read(Reader& in, AgentFailure& m) { read_failure(in, m); }

template <class Variant>
Bytes encode_any(const Variant& message) {
  return std::visit([&](const auto& m) { return write(m, message.index()); }, message);
}

// Sets `out` to the alternative with that index; false when there is none.
template <class Variant, size_t I = 0>
bool select_alternative(Variant& out, uint64_t index) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return false;
  } else {
    if (index != I) return select_alternative<Variant, I + 1>(out, index);
    out.template emplace<I>();
    return true;
  }
}

template <class Variant>
Result<Variant> decode_any(ByteSpan bytes) {
  Reader in(bytes);
  Variant message;
  if (!select_alternative(message, in.number(1))) return input_error("unknown message between parent and agent");
  std::visit([&](auto& m) { read(in, m); }, message);
  if (!in.finish()) return input_error("damaged message between parent and agent");
  return message;
}

}  // namespace

Bytes encode(const Order& order) { return encode_any(order); }
Bytes encode(const Report& report) { return encode_any(report); }
Result<Order> decode_order(ByteSpan bytes) { return decode_any<Order>(bytes); }
Result<Report> decode_report(ByteSpan bytes) { return decode_any<Report>(bytes); }

}  // namespace sotto::contest
