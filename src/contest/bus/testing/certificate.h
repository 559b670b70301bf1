// SPDX-License-Identifier: Apache-2.0
// A certificate that signs itself, for a server on this machine in a test: cert.pem and key.pem in a folder.
#pragma once
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace sotto::contest {

struct TestCertificate {
  std::string certificate, key;  // files

  // For the names of X.509's subjectAltName: "DNS:localhost,IP:127.0.0.1".
  TestCertificate(const std::string& folder, const char* names)
      : certificate(folder + "/cert.pem"), key(folder + "/key.pem") {
    make(names);
  }

 private:
  void make(const char* names) const {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> x(X509_new(), X509_free);
    ASSERT_TRUE(pair && x);
    X509_set_version(x.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x.get()), 3600);
    X509_set_pubkey(x.get(), pair.get());
    X509_NAME* name = X509_get_subject_name(x.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("sotto test"), -1, -1, 0);
    X509_set_issuer_name(x.get(), name);
    extend(*x, NID_basic_constraints, "critical,CA:TRUE");
    extend(*x, NID_subject_alt_name, names);
    ASSERT_GT(X509_sign(x.get(), pair.get(), EVP_sha256()), 0);
    write(certificate, [&](FILE* f) { return PEM_write_X509(f, x.get()); });
    write(key, [&](FILE* f) { return PEM_write_PrivateKey(f, pair.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  static void extend(X509& x, int kind, const char* value) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> e(
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value), X509_EXTENSION_free);
    ASSERT_TRUE(e && X509_add_ext(&x, e.get(), -1));
  }
  template <class Write>
  static void write(const std::string& path, const Write& body) {
    const std::unique_ptr<FILE, decltype(&fclose)> file(fopen(path.c_str(), "w"), fclose);
    ASSERT_TRUE(file && body(file.get()) == 1) << path;
  }
};

}  // namespace sotto::contest
