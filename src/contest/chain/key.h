// SPDX-License-Identifier: Apache-2.0
// secp256k1 keys. A key's bytes live in one heap block that is locked against swapping where the system allows it and
// zeroised when the key dies; they are never printed, logged or copied out.
#pragma once
#include <memory>
#include <string>

#include "base/bytes.h"

namespace sotto::contest {

// r ‖ s with s in the lower half, and the parity bit of EIP-1559 (v).
struct Signature {
  Bytes32 r{}, s{};
  uint8_t y_parity = 0;
};

class PrivateKey {
 public:
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  static PrivateKey generate();  // from the operating system's random source
  // 64 hex digits, with or without 0x, surrounding white space ignored. Refuses files that others can read.
  static Result<PrivateKey> from_hex_file(const std::string& path);
  // Variable ETH_PRIVATE_KEY unless another name is given. The variable is left as it is: children inherit it.
  static Result<PrivateKey> from_environment(const char* variable = "ETH_PRIVATE_KEY");
  // Keystore v3 (scrypt or pbkdf2, aes-128-ctr), as `cast wallet import` and geth write it.
  static Result<PrivateKey> from_keystore(const std::string& path, std::string_view password);
  static Result<PrivateKey> from_keystore_json(std::string_view json, std::string_view password);
  // Refuses 0 and numbers ≥ the group order. The caller's copy stays the caller's to erase.
  static Result<PrivateKey> from_bytes(ByteSpan secret);

  // Writes 0x-hex with mode 0600 to a file that does not exist yet: how a parent hands a key to an agent.
  Status save_hex_file(const std::string& path) const;

  const Address& address() const;
  // Deterministic (RFC 6979), recoverable; hash is what is signed, not hashed again.
  Signature sign(const Bytes32& hash) const;

 private:
  struct Secret;
  explicit PrivateKey(std::unique_ptr<Secret> secret);
  std::unique_ptr<Secret> secret_;
};

// The address whose key made the signature, for tests and for checking a remote signer.
Result<Address> recover_address(const Bytes32& hash, const Signature& signature);

// A fresh password file or prompt is the caller's business; this one reads the first line of ETH_PASSWORD's file.
Result<std::string> password_from_file(const std::string& path);

}  // namespace sotto::contest
