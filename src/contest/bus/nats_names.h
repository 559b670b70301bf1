// SPDX-License-Identifier: Apache-2.0
// How the bus lies in a NATS account: names that the client uses and the generated configuration permits.
#pragma once
#include <string>

namespace sotto::contest {

inline constexpr const char* kBucket = "sotto";            // the key-value store
inline constexpr const char* kBucketStream = "KV_sotto";   // the library's name for its stream
inline constexpr const char* kQueueStream = "QUEUES";      // all work queues; one consumer per queue, called like it

inline std::string bucket_subject(const std::string& key) { return std::string("$KV.") + kBucket + "." + key; }
inline std::string queue_subject(const std::string& queue) { return "queue." + queue; }

}  // namespace sotto::contest
