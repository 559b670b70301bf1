// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/answer_record.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/keccak.h"
#include "contest/secrecy/private_file.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr size_t kChunk = 65536;
constexpr size_t kMaxLine = size_t{4} << 20;

Error bad_record(const std::string& what) { return input_error("the record of LLM answers " + what); }

std::optional<RecordedAnswer> parse_line(const std::string& line) {
  const Json j = Json::parse(line, nullptr, false);
  if (!j.is_object()) return {};
  try {
    RecordedAnswer answer;
    const auto request = bytes32_from_hex(j.at("request").get<std::string>());
    if (!request.ok()) return {};
    answer.request = *request;
    answer.agent = j.at("agent").get<uint32_t>();
    answer.model = j.at("model").get<std::string>();
    answer.text = j.at("text").get<std::string>();
    return answer;
  } catch (const Json::exception&) {  // a field is missing, or of another kind
    return {};
  }
}

// One whole line at `offset`, without its end; nothing if there is none.
std::optional<std::string> line_at(int fd, uint64_t offset) {
  std::string line;
  std::string chunk(kChunk, '\0');
  while (line.size() <= kMaxLine) {
    const ssize_t n = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(offset + line.size()));
    if (n <= 0) return {};
    const size_t end = std::string_view(chunk.data(), static_cast<size_t>(n)).find('\n');
    if (end != std::string_view::npos) return line.append(chunk, 0, end);
    line.append(chunk, 0, static_cast<size_t>(n));
  }
  return {};
}

// With its length before it, so that no two lists of texts look the same.
void absorb(std::string& all, std::string_view text) { all.append(std::to_string(text.size())).append(":").append(text); }

}  // namespace

Bytes32 request_hash(uint32_t agent, uint32_t children, std::string_view system, std::string_view user) {
  std::string all;
  absorb(all, "sotto LLM request 1");
  absorb(all, std::to_string(agent));
  absorb(all, std::to_string(children));
  absorb(all, system);
  absorb(all, user);
  return keccak256(all);
}

AnswerRecord::AnswerRecord(AnswerRecord&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), end_(other.end_), size_(other.size_), places_(std::move(other.places_)) {}

AnswerRecord& AnswerRecord::operator=(AnswerRecord&& other) noexcept {
  std::swap(fd_, other.fd_);
  end_ = other.end_;
  size_ = other.size_;
  places_ = std::move(other.places_);
  return *this;
}

AnswerRecord::~AnswerRecord() {
  if (fd_ >= 0) ::close(fd_);
}

Result<AnswerRecord> AnswerRecord::open(const std::string& path, bool writable) {
  if (writable) SOTTO_TRY_STATUS(make_private_file(path));
  AnswerRecord record;
  record.fd_ = ::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (record.fd_ < 0) return bad_record("cannot be opened: " + path);
  SOTTO_TRY_STATUS(record.index(path));
  // What a dead process could not finish would make the next line unreadable.
  if (writable && ::ftruncate(record.fd_, static_cast<off_t>(record.end_)) != 0) return bad_record("cannot be mended: " + path);
  return record;
}

Status AnswerRecord::index(const std::string& path) {
  for (auto line = line_at(fd_, 0); line; line = line_at(fd_, end_)) {
    const auto answer = parse_line(*line);
    if (!answer) return bad_record(path + " is damaged at byte " + std::to_string(end_) + ": cut it off there, or move it away");
    places_[answer->request].offsets.push_back(end_);
    end_ += line->size() + 1;
    size_++;
  }
  return ok_status();
}

Result<std::optional<RecordedAnswer>> AnswerRecord::take(const Bytes32& request) {
  const auto it = places_.find(request);
  if (it == places_.end() || it->second.taken == it->second.offsets.size()) return std::optional<RecordedAnswer>();
  const auto line = line_at(fd_, it->second.offsets[it->second.taken]);
  auto answer = line ? parse_line(*line) : std::nullopt;
  if (!answer) return bad_record("has changed while it was in use");
  it->second.taken++;
  return answer;
}

Status AnswerRecord::append(const RecordedAnswer& answer) {
  const Json j = {{"request", to_hex(answer.request)}, {"agent", answer.agent}, {"model", answer.model}, {"text", answer.text}};
  const std::string line = j.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  for (size_t done = 0; done < line.size();) {
    const ssize_t n = ::pwrite(fd_, line.data() + done, line.size() - done, static_cast<off_t>(end_ + done));
    if (n <= 0) return bad_record("cannot be written: is the disk full?");
    done += static_cast<size_t>(n);
  }
  Places& places = places_[answer.request];
  places.offsets.push_back(end_);
  places.taken++;
  end_ += line.size();
  size_++;
  return ok_status();
}

}  // namespace sotto::contest
