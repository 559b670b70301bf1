// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/record.h"

#include <sodium.h>

#include <cstring>
#include <string_view>

namespace sotto::contest {
namespace {

constexpr std::string_view kSchema = "sotto store 3";
constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(SecretKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Seven bits per byte, low first; the high bit says that more follow.
void put(Bytes& out, uint64_t v) {
  for (; v >= 128; v >>= 7) out.push_back(static_cast<uint8_t>(v | 128));
  out.push_back(static_cast<uint8_t>(v));
}

void put_fixed(Bytes& out, uint64_t v, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<uint8_t>(v >> (8 * i)));
}

void put_text(Bytes& out, std::string_view text) {
  put(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

// A read past the end gives zeros and is remembered; finish() tells.
class Reader {
 public:
  explicit Reader(ByteSpan in) : in_(in) {}
  uint64_t number() {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint64_t byte = fixed(1);
      v |= (byte & 127) << shift;
      if (byte < 128) return v;
    }
    return good_ = false, 0;
  }
  uint64_t fixed(unsigned bytes) {
    uint64_t v = 0;
    const ByteSpan part = take(bytes);
    for (unsigned i = 0; i < part.size(); ++i) v |= uint64_t{part[i]} << (8 * i);
    return v;
  }
  std::string_view text() {
    const ByteSpan part = take(number());
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  bool good() const { return good_; }
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

void put_song(Bytes& out, const Scored& s) {
  put(out, s.score);
  put(out, s.instructions);
  put_fixed(out, s.impression.fingerprint, 8);
  out.push_back(static_cast<uint8_t>(s.impression.brightness | s.impression.motion << 3));
  out.push_back(s.impression.kind);
  append(out, s.impression.sketch);
  put_text(out, encode(s.genome));
}

Result<Scored> read_song(Reader& in) {
  Scored s;
  s.score = static_cast<uint32_t>(in.number());
  s.instructions = static_cast<unsigned>(in.number());
  s.impression.fingerprint = in.fixed(8);
  const uint64_t cell = in.fixed(1);
  s.impression.brightness = cell & 7;
  s.impression.motion = cell >> 3 & 7;
  s.impression.kind = static_cast<uint8_t>(in.fixed(1));
  for (uint8_t& number : s.impression.sketch) number = static_cast<uint8_t>(in.fixed(1));
  SOTTO_TRY(s.genome, decode_genome(in.text()));
  return s;
}

}  // namespace

Bytes encode_slot(const StoredSlot& slot) {
  Bytes out;
  put(out, slot.answers.size());
  for (const std::string& answer : slot.answers) put_text(out, answer);
  put(out, slot.songs.size());
  for (const Scored& song : slot.songs) put_song(out, song);
  return out;
}

Result<StoredSlot> decode_slot(uint32_t slot, ByteSpan bytes) {
  const Error damaged =
      input_error("song store: slot " + std::to_string(slot) + " is not understood; was it written by a newer sotto?");
  StoredSlot out{slot, {}, {}};
  Reader in(bytes);
  for (uint64_t n = in.number(); n > 0 && in.good(); --n) out.answers.emplace_back(in.text());
  for (uint64_t n = in.number(); n > 0 && in.good(); --n) {
    auto song = read_song(in);
    if (!song) return damaged;
    out.songs.push_back(std::move(*song));
  }
  if (!in.finish()) return damaged;
  return out;
}

Bytes encode_identity(const StoreIdentity& id) {
  Bytes out;
  put_fixed(out, id.seed, 8);
  put_fixed(out, id.agent, 4);
  put_fixed(out, id.slots, 4);
  put_fixed(out, id.tries, 4);
  append(out, id.judge);
  return out;
}

Bytes place_of(const StoreIdentity& identity, int64_t number) {
  Bytes out(kSchema.begin(), kSchema.end());
  put_fixed(out, identity.agent, 4);
  put_fixed(out, static_cast<uint64_t>(number), 8);
  if (number == kIdentityRecord) return out;
  const Bytes whole = encode_identity(identity);
  uint8_t digest[32];
  crypto_generichash(digest, sizeof digest, whole.data(), whole.size(), nullptr, 0);
  append(out, digest);
  return out;
}

Bytes seal(const SecretKey& key, ByteSpan place, Bytes plain) {
  size_t padded = 0;
  const size_t size = plain.size();
  plain.resize(size + kPadding);
  SOTTO_CHECK(sodium_pad(&padded, plain.data(), size, kPadding, plain.size()) == 0);
  Bytes record(kNonce + padded + kTag);
  randombytes_buf(record.data(), kNonce);
  SOTTO_CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(record.data() + kNonce, nullptr, plain.data(), padded, place.data(), place.size(),
                                                         nullptr, record.data(), key.data()) == 0);
  return record;
}

Result<Bytes> unseal(const SecretKey& key, ByteSpan place, ByteSpan record) {
  const Error refused = input_error("the key is wrong or the record is damaged or out of its place");
  if (record.size() < kNonce + kTag + kPadding) return refused;
  Bytes plain(record.size() - kNonce - kTag);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, record.data() + kNonce, record.size() - kNonce,
                                                 place.data(), place.size(), record.data(), key.data()) != 0)
    return refused;
  size_t size = 0;
  if (sodium_unpad(&size, plain.data(), plain.size(), kPadding) != 0) return refused;
  plain.resize(size);
  return plain;
}

}  // namespace sotto::contest
