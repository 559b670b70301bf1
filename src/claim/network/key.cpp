// SPDX-License-Identifier: Apache-2.0
// The verifying key as 32-byte words:
//   "SOTTO-NK-1", flags (bit 0: development), [tau]_2 (4 words), log_n, data_rows, table_rows, mask_at, early, late,
//   output_width, output_bits, output_rows, masked_value, gates (a bit each), numbers of matrices, relations and terms,
//   commitments (2 words each), then a word for each matrix, each relation and each term of all relations, packed from
//   the left
#include <cstring>
#include <limits>

#include "base/keccak.h"
#include "claim/network/statement.h"
#include "claim/statement/word_reader.h"
#include "zk/commit/opening.h"

namespace sotto::claim::network {
namespace {

template <class Circuit_, class Visit>
void visit_sizes(Circuit_& c, Visit&& visit) {
  visit(c.log_n), visit(c.data_rows), visit(c.table_rows), visit(c.mask_at), visit(c.early), visit(c.late);
  visit(c.output_width), visit(c.output_bits), visit(c.output_rows);
}

// Big-endian fields of a word, from its first byte on.
class Packer {
 public:
  void put(uint64_t v, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) word_[at_++] = static_cast<uint8_t>(v >> (8 * i));
  }
  const Bytes32& word() const { return word_; }

 private:
  Bytes32 word_{};
  unsigned at_ = 0;
};
class Unpacker {
 public:
  explicit Unpacker(const uint8_t* word) : word_(word) {}
  uint64_t take(unsigned bytes) {
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++) v = v << 8 | word_[at_++];
    return v;
  }
  bool zero_from_here() const {
    for (unsigned i = at_; i < 32; i++)
      if (word_[i]) return false;
    return true;
  }

 private:
  const uint8_t* word_;
  unsigned at_ = 0;
};

Bytes32 pack(const Matrix& m) {
  Packer p;
  p.put(m.base, 4), p.put(m.in_bits, 1), p.put(m.out_bits, 1), p.put(m.point, 2);
  return p.word();
}
bool unpack(const uint8_t* word, Matrix& m) {
  Unpacker p(word);
  m.base = static_cast<uint32_t>(p.take(4)), m.in_bits = static_cast<uint8_t>(p.take(1));
  m.out_bits = static_cast<uint8_t>(p.take(1)), m.point = static_cast<uint16_t>(p.take(2));
  return p.zero_from_here();
}

// column, other column, scale, number of factors; factors: kind (2 bits) and bits (6) in a byte, value in three.
Bytes32 pack(const Term& t) {
  Packer p;
  p.put(t.column, 1), p.put(t.times, 1), p.put(static_cast<uint64_t>(t.scale), 8), p.put(t.factors.size(), 1);
  for (const Factor& f : t.factors) p.put(uint64_t{f.kind} << 6 | f.bits, 1), p.put(f.value, 3);
  return p.word();
}
bool unpack(const uint8_t* word, Term& t) {
  Unpacker p(word);
  t.column = static_cast<uint8_t>(p.take(1)), t.times = static_cast<uint8_t>(p.take(1)),
  t.scale = static_cast<int64_t>(p.take(8));
  const uint64_t count = p.take(1);
  if (count > kMaxFactors) return false;
  for (uint64_t i = 0; i < count; i++) {
    const uint64_t head = p.take(1);
    t.factors.push_back(
        {static_cast<Factor::Kind>(head >> 6), static_cast<uint8_t>(head & 63), static_cast<uint32_t>(p.take(3))});
  }
  return p.zero_from_here();
}

// The number of terms, the output flag, the constant.
Bytes32 pack(const Relation& r) {
  Packer p;
  p.put(r.terms.size(), 2), p.put(r.output, 1), p.put(static_cast<uint64_t>(r.constant), 8);
  return p.word();
}
// terms_left: how many terms are left for this relation and those behind it.
bool unpack(const uint8_t* word, Relation& r, uint64_t& terms_left) {
  Unpacker p(word);
  const uint64_t terms = p.take(2), output = p.take(1);
  if (terms > terms_left) return false;
  terms_left -= terms;
  r.terms.resize(terms);
  r.output = output == 1, r.constant = static_cast<int64_t>(p.take(8));
  return output <= 1 && p.zero_from_here();
}

bool factor_is_sound(const Circuit& c, const Factor& f) {
  switch (f.kind) {
    case Factor::kBits:
      return uint64_t{f.value} >> f.bits == 0;
    case Factor::kPoint:
      return f.value + f.bits <= c.points();
    case Factor::kOnes:
      return f.value == 0;
    case Factor::kMatrix:
      return f.value < c.matrices.size() && f.bits == c.matrices[f.value].in_bits;
  }
  return false;
}

// Rows that a relation may read: those that a lookup, a gate or a relation can pin, and never those of the masks.
uint64_t readable_rows(const Circuit& c, unsigned column) {
  if (column < kM) return c.data_rows;
  return column == kWeights ? uint64_t{1} << c.log_n : c.mask_at;
}

// Every axis of a term has coordinates of its own: on the diagonal of two axes errors could cancel.
bool axes_are_apart(const Circuit& c, const Term& t) {
  std::vector<bool> taken(c.points());
  for (const Factor& f : t.factors) {
    unsigned from = f.value, count = f.kind == Factor::kPoint ? f.bits : 0;
    if (f.kind == Factor::kMatrix) from = c.matrices[f.value].point, count = c.matrices[f.value].out_bits;
    for (unsigned i = 0; i < count; i++) {
      if (taken[from + i]) return false;
      taken[from + i] = true;
    }
  }
  return true;
}

bool term_is_sound(const Circuit& c, const Term& t) {
  if (!is_readable(t.column) || (t.times != kNoColumn && !is_readable(t.times))) return false;
  unsigned bits = 0;
  uint64_t last = 0;
  for (const Factor& f : t.factors) {
    if (!factor_is_sound(c, f) || f.bits > c.log_n - bits) return false;
    last |= (f.kind == Factor::kBits ? f.value : (uint64_t{1} << f.bits) - 1) << bits;
    bits += f.bits;
  }
  const bool is_read = last < readable_rows(c, t.column) && (t.times == kNoColumn || last < readable_rows(c, t.times));
  return bits == c.log_n && is_read && axes_are_apart(c, t);
}

// What keeps every closed form within its domain, and the masks outside of what is constrained.
bool circuit_is_sound(const Circuit& c) {
  if (c.log_n < kMinLogN || c.log_n > kMaxLogN || c.data_rows > c.mask_at || c.table_rows > c.mask_at ||
      c.data_rows == 0 || c.table_rows == 0 || c.points() > kMaxPoints)
    return false;
  if (uint64_t{c.mask_at} + zk::kMaskRows + zk::kZ0AtMasks > uint64_t{1} << c.log_n ||
      !zk::in_every_class(c.log_n, c.mask_at, zk::opening_mask_rows(c.mask_at)))
    return false;
  if (c.output_bits > kMaxOutputBits || c.output_width == 0 || c.output_width > 1u << c.output_bits ||
      c.output_rows == 0 || (c.output_rows & (c.output_rows - 1)) || c.output_rows > 1u << kMaxOutputBits ||
      c.outputs() > 1u << kMaxOutputBits)
    return false;
  for (const Matrix& m : c.matrices)
    if (m.in_bits + m.out_bits > c.log_n ||
        (m.base >> (m.in_bits + m.out_bits)) << (m.in_bits + m.out_bits) != m.base || uint64_t{m.base} >> c.log_n ||
        m.point + m.out_bits > c.early)
      return false;
  unsigned row_bits = 0, outputs = 0;
  while (1u << row_bits < c.output_rows) row_bits++;
  for (const Relation& r : c.relations) {
    for (const Term& t : r.terms)
      if (!term_is_sound(c, t)) return false;
    outputs += r.output;
  }
  return outputs == 1 && c.output_bits + row_bits <= c.early;
}

}  // namespace

Bytes VerifyingKey::encode() const {
  Bytes out(32);
  std::memcpy(out.data(), kKeyMagic.data(), kKeyMagic.size());
  const auto word = [&](uint64_t v) { append(out, word_from_u64(v)); };
  word(development ? 1 : 0);
  append(out, g2.to_bytes());
  visit_sizes(circuit, word);
  append(out, Fr::from_signed(circuit.masked_value).to_bytes());
  uint64_t gates = 0, terms = 0;
  for (Gate g : circuit.gates) gates |= uint64_t{1} << static_cast<unsigned>(g);
  for (const Relation& r : circuit.relations) terms += r.terms.size();
  word(gates), word(circuit.matrices.size()), word(circuit.relations.size()), word(terms);
  for (const zk::G1Affine& p : commitments) append(out, p.to_bytes());
  for (const Matrix& m : circuit.matrices) append(out, pack(m));
  for (const Relation& r : circuit.relations) append(out, pack(r));
  for (const Relation& r : circuit.relations)
    for (const Term& t : r.terms) append(out, pack(t));
  return out;
}

namespace {

bool read_relations(WordReader& in, Circuit& c, uint64_t matrices, uint64_t relations, uint64_t terms) {
  c.matrices.resize(matrices), c.relations.resize(relations);
  for (Matrix& m : c.matrices)
    if (const uint8_t* w = in.take(1); !w || !unpack(w, m)) return false;
  for (Relation& r : c.relations)
    if (const uint8_t* w = in.take(1); !w || !unpack(w, r, terms)) return false;
  if (terms != 0) return false;
  for (Relation& r : c.relations)
    for (Term& t : r.terms)
      if (const uint8_t* w = in.take(1); !w || !unpack(w, t)) return false;
  return true;
}

}  // namespace

Result<VerifyingKey> VerifyingKey::decode(ByteSpan bytes) {
  const Error malformed = input_error("not a verifying key of a network (wrong magic, length or content)");
  WordReader in(bytes);
  VerifyingKey key;
  Circuit& c = key.circuit;
  const uint8_t* magic = in.take(1);
  uint64_t flags = 0, gates = 0, matrices = 0, relations = 0, terms = 0;
  if (!magic || std::memcmp(magic, kKeyMagic.data(), kKeyMagic.size()) != 0 || !in.number(flags, 1)) return malformed;
  key.development = flags;
  const Error no_point = input_error("verifying key: a point is missing, not on the curve or not in the group");
  if (!in.point(key.g2.tau) || !in.point(key.g2.fold)) return no_point;
  bool ok = true;
  visit_sizes(c, [&](auto& v) {
    uint64_t read = 0;
    ok = ok && in.number(read, std::numeric_limits<std::remove_reference_t<decltype(v)>>::max());
    v = static_cast<std::remove_reference_t<decltype(v)>>(read);
  });
  if (!ok || !in.signed_number(c.masked_value, kMaxMaskedBits) || !in.number(gates, (1u << kGateCount) - 1) ||
      !in.number(matrices, kMaxMatrices) || !in.number(relations, kMaxRelations) || !in.number(terms, kMaxTerms))
    return malformed;
  for (unsigned g = 0; g < kGateCount; g++)
    if (gates >> g & 1) c.gates.push_back(static_cast<Gate>(g));
  key.commitments.resize(c.public_columns());
  for (zk::G1Affine& p : key.commitments)
    if (!in.point(p)) return no_point;
  if (!read_relations(in, c, matrices, relations, terms) || !in.done() || !circuit_is_sound(c)) return malformed;
  const Bytes again = key.encode();
  if (again.size() != bytes.size() || !std::equal(again.begin(), again.end(), bytes.begin())) return malformed;
  return key;
}

Bytes32 VerifyingKey::id() const {
  Bytes code(1, 0);
  append(code, encode());
  return keccak256(code);
}

}  // namespace sotto::claim::network
