// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/nats.h"

#include <nats/nats.h>

#include <map>
#include <mutex>

#include "contest/bus/nats_names.h"
#include "contest/bus/server_version.h"
#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

using std::chrono::milliseconds;

constexpr auto kConnectWait = milliseconds(3'000);
constexpr auto kRemembersIds = std::chrono::hours(1);
constexpr int64_t kMaxQueueBytes = 16 << 20;
constexpr int64_t kMaxBucketBytes = 16 << 20;

// The library's objects, destroyed with what holds them.
template <auto destroy>
struct Destroy {
  template <class T>
  void operator()(T* object) const {
    destroy(object);
  }
};
using Connection = std::unique_ptr<natsConnection, Destroy<natsConnection_Destroy>>;
using Options = std::unique_ptr<natsOptions, Destroy<natsOptions_Destroy>>;
using RawSubscription = std::unique_ptr<natsSubscription, Destroy<natsSubscription_Destroy>>;
using Message = std::unique_ptr<natsMsg, Destroy<natsMsg_Destroy>>;
using JetStream = std::unique_ptr<jsCtx, Destroy<jsCtx_Destroy>>;
using Bucket = std::unique_ptr<kvStore, Destroy<kvStore_Destroy>>;
using Entry = std::unique_ptr<kvEntry, Destroy<kvEntry_Destroy>>;
using PubAck = std::unique_ptr<jsPubAck, Destroy<jsPubAck_Destroy>>;
using StreamInfo = std::unique_ptr<jsStreamInfo, Destroy<jsStreamInfo_Destroy>>;

// Hands the library a place to put an object, and keeps the object.
template <class Unique>
class Into {
 public:
  explicit Into(Unique& target) : target_(target) {}
  ~Into() { target_.reset(raw_); }
  operator typename Unique::pointer*() { return &raw_; }

 private:
  Unique& target_;
  typename Unique::pointer raw_ = nullptr;
};

Error fault(const std::string& doing, natsStatus status) {
  const char* detail = nats_GetLastError(nullptr);
  std::string text = "bus: cannot " + doing + ": " + natsStatus_GetText(status);
  if (detail && *detail) text += std::string(" (") + detail + ")";
  return environment_error(text);
}

Bytes data_of(const natsMsg* message) {
  const auto* data = reinterpret_cast<const uint8_t*>(natsMsg_GetData(message));
  return Bytes(data, data + natsMsg_GetDataLength(message));
}

int length(ByteSpan data) { return static_cast<int>(data.size()); }

// Refusals and lost servers arrive here; every call that suffers from them reports it by itself.
void ignore(natsConnection*, natsSubscription*, natsStatus, void*) {}

class NatsSubscription : public Subscription {
 public:
  explicit NatsSubscription(RawSubscription raw) : raw_(std::move(raw)) {}
  Result<std::optional<BusMessage>> next(milliseconds wait) override {
    Message m;
    // The library takes 0 as "do not wait" and refuses less.
    const natsStatus s = natsSubscription_NextMsg(Into(m), raw_.get(), std::max<int64_t>(wait.count(), 0));
    if (s == NATS_TIMEOUT) return std::optional<BusMessage>();
    // Messages were dropped: those that wait are still good.
    if (s == NATS_SLOW_CONSUMER) return next(wait);
    if (s != NATS_OK) return fault("hear", s);
    const char* reply = natsMsg_GetReply(m.get());
    return std::optional(BusMessage{natsMsg_GetSubject(m.get()), data_of(m.get()), reply ? reply : ""});
  }

 private:
  RawSubscription raw_;
};

class NatsBus : public Bus {
 public:
  static Result<std::unique_ptr<Bus>> connect(const NatsOptions& o) {
    auto bus = std::make_unique<NatsBus>(o);
    SOTTO_TRY_STATUS(bus->open());
    SOTTO_TRY_STATUS(bus->open_bucket());
    return std::unique_ptr<Bus>(std::move(bus));
  }
  explicit NatsBus(NatsOptions o) : options_(std::move(o)) {}
  ~NatsBus() override {
    if (connection_) natsConnection_FlushTimeout(connection_.get(), 1'000);
  }

  const std::string& team() const override { return options_.credentials.team; }

  Status publish(const std::string& subject, ByteSpan data) override {
    SOTTO_TRY_STATUS(check_subject(subject));
    return send(subject, data);
  }

  Result<std::unique_ptr<Subscription>> subscribe(const std::string& pattern) override {
    SOTTO_TRY_STATUS(check_pattern(pattern));
    RawSubscription raw;
    natsStatus s = natsConnection_SubscribeSync(Into(raw), connection_.get(), pattern.c_str());
    if (s == NATS_OK) s = natsSubscription_SetPendingLimits(raw.get(), kMaxBacklog, -1);
    // Once the server has answered, no later message is missed.
    if (s == NATS_OK) s = natsConnection_FlushTimeout(connection_.get(), options_.call_wait.count());
    if (s != NATS_OK) return fault("listen to " + pattern, s);
    return std::unique_ptr<Subscription>(std::make_unique<NatsSubscription>(std::move(raw)));
  }

  Result<Bytes> request(const std::string& subject, ByteSpan data, milliseconds wait) override {
    SOTTO_TRY_STATUS(check_subject(subject));
    SOTTO_TRY_STATUS(check_payload(data));
    Message reply;
    const natsStatus s = natsConnection_Request(Into(reply), connection_.get(), subject.c_str(), data.data(), length(data),
                                                std::max<int64_t>(wait.count(), 1));
    if (s == NATS_NO_RESPONDERS) return environment_error("nobody listens to " + subject);
    if (s == NATS_TIMEOUT) return environment_error("no answer on " + subject + " within " + std::to_string(wait.count()) + " ms");
    if (s != NATS_OK) return fault("ask " + subject, s);
    return data_of(reply.get());
  }

  Status respond(const BusMessage& question, ByteSpan data) override {
    if (question.reply.empty()) return usage_error("a message on " + question.subject + " wants no answer");
    return send(question.reply, data);
  }

  Result<bool> push(const std::string& queue, const std::string& id, ByteSpan data) override {
    SOTTO_TRY_STATUS(check_queue(queue));
    SOTTO_TRY_STATUS(check_name(id));
    SOTTO_TRY_STATUS(check_payload(data));
    SOTTO_TRY_STATUS(open_queues());
    const std::string unique = queue + "." + id;  // the server remembers ids per stream, that is over all queues
    jsPubOptions o;
    jsPubOptions_Init(&o);
    o.MsgId = unique.c_str();
    PubAck ack;
    jsErrCode code{};
    const natsStatus s = js_Publish(Into(ack), jet_.get(), queue_subject(queue).c_str(), data.data(), length(data), &o, &code);
    if (s != NATS_OK) return forget_queues(), fault("push to the queue " + queue, s);
    return !ack->Duplicate;
  }

  Result<std::optional<Job>> pull(const std::string& queue, milliseconds wait) override {
    SOTTO_TRY_STATUS(check_queue(queue));
    SOTTO_TRY_STATUS(open_queues());
    SOTTO_TRY(const auto puller, open_puller(queue));
    const std::lock_guard lock(puller->mutex);
    natsMsgList list{};
    jsErrCode code{};
    const natsStatus s = natsSubscription_Fetch(&list, puller->subscription.get(), 1, std::max<int64_t>(wait.count(), 1), &code);
    if (s == NATS_TIMEOUT) return std::optional<Job>();
    if (s != NATS_OK) return forget_queues(), fault("pull from the queue " + queue, s);
    SOTTO_CHECK(list.Count == 1);
    Message message(list.Msgs[0]);
    list.Msgs[0] = nullptr;
    natsMsgList_Destroy(&list);
    Job job{data_of(message.get()), std::shared_ptr<natsMsg>(message.release(), natsMsg_Destroy)};
    return std::optional(std::move(job));
  }

  Status ack(const Job& job) override {
    jsErrCode code{};
    const natsStatus s = natsMsg_AckSync(static_cast<natsMsg*>(job.ticket.get()), nullptr, &code);
    return s == NATS_OK ? ok_status() : Status(fault("acknowledge a job", s));
  }

  Result<std::optional<KvEntry>> get(const std::string& key) override {
    SOTTO_TRY_STATUS(check_name(key));
    Entry entry;
    const natsStatus s = kvStore_Get(Into(entry), bucket_.get(), key.c_str());
    if (s == NATS_NOT_FOUND) return std::optional<KvEntry>();
    if (s != NATS_OK) return fault("read " + key, s);
    const auto* value = static_cast<const uint8_t*>(kvEntry_Value(entry.get()));
    return std::optional(KvEntry{Bytes(value, value + kvEntry_ValueLen(entry.get())), kvEntry_Revision(entry.get())});
  }

  Result<uint64_t> put(const std::string& key, ByteSpan value) override {
    SOTTO_TRY(const auto written, write(key, value, std::nullopt));
    return *written;
  }

  Result<std::optional<uint64_t>> compare_and_set(const std::string& key, ByteSpan value, uint64_t expected) override {
    return write(key, value, expected);
  }

 private:
  struct Puller {
    std::mutex mutex;  // the library's fetch is for one thread at a time
    RawSubscription subscription;
  };

  Status open();
  Status open_bucket();
  Status open_queues();
  natsStatus make_queues();
  Result<std::shared_ptr<Puller>> open_puller(const std::string& queue);
  // After an error: made again at the next use, in case the server has lost it.
  void forget_queues() {
    const std::lock_guard lock(mutex_);
    queues_open_ = false;
    pullers_.clear();
  }

  Status send(const std::string& subject, ByteSpan data) {
    SOTTO_TRY_STATUS(check_payload(data));
    const natsStatus s = natsConnection_Publish(connection_.get(), subject.c_str(), data.data(), length(data));
    return s == NATS_OK ? ok_status() : Status(fault("send on " + subject, s));
  }

  // A key of the store is a subject of its stream; the server compares the number of the last message on it.
  Result<std::optional<uint64_t>> write(const std::string& key, ByteSpan value, std::optional<uint64_t> expected) {
    SOTTO_TRY_STATUS(check_name(key));
    SOTTO_TRY_STATUS(check_payload(value));
    jsPubOptions o;
    jsPubOptions_Init(&o);
    o.ExpectLastSubjectSeq = expected.value_or(0);
    o.ExpectNoMessage = expected == uint64_t{0};
    PubAck ack;
    jsErrCode code{};
    const natsStatus s = js_Publish(Into(ack), jet_.get(), bucket_subject(key).c_str(), value.data(), length(value), &o, &code);
    if (code == JSStreamWrongLastSequenceErr) return std::optional<uint64_t>();
    if (s != NATS_OK) return fault("write " + key, s);
    return std::optional<uint64_t>(ack->Sequence);
  }

  NatsOptions options_;
  Connection connection_;
  JetStream jet_;
  Bucket bucket_;
  std::mutex mutex_;  // for what follows
  bool queues_open_ = false;
  std::map<std::string, std::shared_ptr<Puller>> pullers_;
};

Status NatsBus::open() {
  SOTTO_TRY(const BusAddress server, parse_bus_url(options_.url));
  const Credentials& c = options_.credentials;
  Options o;
  natsStatus s = natsOptions_Create(Into(o));
  const auto set = [&](natsStatus step) { s = s == NATS_OK ? step : s; };
  set(natsOptions_SetURL(o.get(), options_.url.c_str()));
  set(natsOptions_SetUserInfo(o.get(), c.user.c_str(), c.password.c_str()));
  set(natsOptions_SetCustomInboxPrefix(o.get(), c.inbox.c_str()));
  set(natsOptions_SetName(o.get(), "sotto"));
  set(natsOptions_SetTimeout(o.get(), kConnectWait.count()));
  set(natsOptions_SetMaxReconnect(o.get(), -1));  // for days: the server comes back
  set(natsOptions_SetReconnectWait(o.get(), 500));
  set(natsOptions_SetSendAsap(o.get(), true));  // otherwise every message waits a millisecond for company
  set(natsOptions_SetErrorHandler(o.get(), ignore, nullptr));
  if (server.tls) {
    set(natsOptions_SetSecure(o.get(), true));
    set(natsOptions_SetExpectedHostname(o.get(), server.host.c_str()));
    if (!c.ca_file.empty()) set(natsOptions_LoadCATrustedCertificates(o.get(), c.ca_file.c_str()));
  }
  set(natsConnection_Connect(Into(connection_), o.get()));
  if (s == NATS_CONNECTION_AUTH_FAILED)
    return environment_error("bus: " + options_.url + " refuses user " + c.user + ": wrong password, or credentials of another server");
  if (s != NATS_OK) return fault("connect to " + options_.url, s);
  jsOptions j;
  jsOptions_Init(&j);
  j.Wait = options_.call_wait.count();
  s = natsConnection_JetStream(Into(jet_), connection_.get(), &j);
  return s == NATS_OK ? ok_status() : Status(fault("use JetStream at " + options_.url, s));
}

Status NatsBus::open_bucket() {
  const auto bind = [&] { return js_KeyValue(Into(bucket_), jet_.get(), kBucket); };
  natsStatus s = bind();
  if (s == NATS_NOT_FOUND) {
    kvConfig config;
    kvConfig_Init(&config);
    config.Bucket = kBucket;
    config.History = 1;
    config.MaxBytes = kMaxBucketBytes;
    config.StorageType = js_FileStorage;
    s = js_CreateKeyValue(Into(bucket_), jet_.get(), &config);
    if (s != NATS_OK) s = bind();  // another node of the team was faster
  }
  return s == NATS_OK ? ok_status() : Status(fault("open the team's key-value store", s));
}

Status NatsBus::open_queues() {
  const std::lock_guard lock(mutex_);
  if (queues_open_) return ok_status();
  StreamInfo info;
  jsErrCode code{};
  const auto look = [&] { return js_GetStreamInfo(Into(info), jet_.get(), kQueueStream, nullptr, &code); };
  natsStatus s = look();
  if (s == NATS_NOT_FOUND) {
    s = make_queues();
    if (s != NATS_OK) s = look();  // another node of the team was faster
  }
  if (s != NATS_OK) return fault("open the team's work queues", s);
  queues_open_ = true;
  return ok_status();
}

natsStatus NatsBus::make_queues() {
  const std::string all = queue_subject(">");
  const char* subjects[] = {all.c_str()};
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  config.Name = kQueueStream;
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Retention = js_WorkQueuePolicy;
  config.Storage = js_FileStorage;
  config.Discard = js_DiscardNew;  // a full queue refuses; it never forgets
  config.MaxBytes = kMaxQueueBytes;
  config.Duplicates = std::chrono::nanoseconds(kRemembersIds).count();
  jsErrCode code{};
  return js_AddStream(nullptr, jet_.get(), &config, nullptr, &code);
}

Result<std::shared_ptr<NatsBus::Puller>> NatsBus::open_puller(const std::string& queue) {
  const std::lock_guard lock(mutex_);
  if (const auto found = pullers_.find(queue); found != pullers_.end()) return found->second;
  jsSubOptions o;
  jsSubOptions_Init(&o);
  o.Stream = kQueueStream;
  o.Config.AckPolicy = js_AckExplicit;
  o.Config.AckWait = std::chrono::nanoseconds(options_.ack_wait).count();
  auto puller = std::make_shared<Puller>();
  jsErrCode code{};
  const natsStatus s =
      js_PullSubscribe(Into(puller->subscription), jet_.get(), queue_subject(queue).c_str(), queue.c_str(), nullptr, &o, &code);
  if (s != NATS_OK) return fault("pull from the queue " + queue, s);
  pullers_[queue] = puller;
  return puller;
}

}  // namespace

Result<std::string> nats_library() { return std::string(nats_GetVersion()); }

Result<std::unique_ptr<Bus>> connect_nats(const NatsOptions& options, std::string* warning) {
  SOTTO_TRY(const ServerVersion version, running_server_version(options.url, kConnectWait));
  SOTTO_TRY_STATUS(admit_server(version, options.credentials.rivals, options.credentials.one_operator, warning));
  return NatsBus::connect(options);
}

}  // namespace sotto::contest
