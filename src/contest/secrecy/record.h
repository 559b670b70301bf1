// SPDX-License-Identifier: Apache-2.0
// What stands in the private store: a slot as bytes, and bytes as an encrypted record.
//
//   record = nonce (24 random bytes) | XChaCha20-Poly1305(key, nonce, plaintext padded to a multiple of 1 KiB, place)
//   place  = "sotto store 3" | agent | number of the record | digest of the identity        (authenticated, not stored)
//
// So a record can be read only with its agent's key and only in its own place: another slot's, another agent's or another
// search's record is refused like a damaged one. (draft-irtf-cfrg-xchacha; random 192-bit nonces do not repeat.)
#pragma once
#include "contest/secrecy/store.h"

namespace sotto::contest {

inline constexpr size_t kPadding = 1024;
inline constexpr int64_t kIdentityRecord = -1;  // the number of the record that holds the identity

Bytes encode_slot(const StoredSlot& slot);
Result<StoredSlot> decode_slot(uint32_t slot, ByteSpan bytes);
Bytes encode_identity(const StoreIdentity& identity);

// Where a record stands. The identity's own record is bound to the agent alone.
Bytes place_of(const StoreIdentity& identity, int64_t number);

Bytes seal(const SecretKey& key, ByteSpan place, Bytes plain);
// Refuses what seal() has not made with this key for this place.
Result<Bytes> unseal(const SecretKey& key, ByteSpan place, ByteSpan record);

}  // namespace sotto::contest
