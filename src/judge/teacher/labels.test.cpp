// SPDX-License-Identifier: Apache-2.0
// Labels survive interruptions, cut lines and a second run; those of another teacher are refused.
#include "judge/teacher/labels.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "judge/teacher/random_teacher.h"

namespace sotto::judge::teacher {
namespace {

class Labels : public testing::Test {
 protected:
  Labels()
      : path_(testing::TempDir() + "/labels_test.jsonl"),
        teacher_(Teacher::from(*Safetensors::parse(random_teacher_file(small_geometry(), 7), "small")).value()) {
    std::remove(path_.c_str());
    for (unsigned k = 0; k < 3; k++) {
      sound::Samples song(8000);
      for (size_t t = 0; t < song.size(); t++) song[t] = static_cast<uint8_t>(t * (3 + k) & t >> 5);
      songs_.push_back(song);
    }
    for (const auto& song : songs_) clips_.push_back(&song);
  }
  ~Labels() override { std::remove(path_.c_str()); }

  // How many clips were judged before `limit` stopped it.
  Result<std::vector<Scores>> label(size_t limit, size_t& judged) {
    judged = 0;
    auto file = LabelFile::open(path_, id_);
    if (!file.ok()) return file.error();
    return label_clips(teacher_, *file, clips_, [&](size_t, size_t) { return judged < limit && ++judged; });
  }

  const std::string path_;
  const Teacher teacher_;
  const Bytes32 id_ = word_from_u64(5);
  std::vector<sound::Samples> songs_;
  std::vector<const sound::Samples*> clips_;
};

TEST_F(Labels, GoOnWhereTheyWereStopped) {
  size_t judged = 0;
  const auto stopped = label(2, judged);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().kind, ErrorKind::kInterrupted);
  const auto rest = label(9, judged);
  ASSERT_TRUE(rest.ok()) << rest.error().message;
  EXPECT_EQ(judged, 1u);
  for (size_t i = 0; i < 3; i++) {
    const Scores direct = teacher_.judge(clip_of(songs_[i]));
    for (size_t axis = 0; axis < kAxes; axis++) EXPECT_DOUBLE_EQ((*rest)[i][axis], direct[axis]);
  }
}

TEST_F(Labels, DropACutLineAndRefuseADamagedOne) {
  size_t judged = 0;
  ASSERT_TRUE(label(9, judged).ok());
  Bytes bytes = *read_file(path_);
  bytes.resize(bytes.size() - 10);
  ASSERT_TRUE(write_file_atomically(path_, bytes).ok());
  ASSERT_TRUE(label(9, judged).ok());
  EXPECT_EQ(judged, 1u);
  bytes = *read_file(path_);
  bytes[bytes.size() / 2] = '\n';
  ASSERT_TRUE(write_file_atomically(path_, bytes).ok());
  EXPECT_NE(label(9, judged).error().message.find("is not a label"), std::string::npos);
}

TEST_F(Labels, BelongToOneTeacher) {
  size_t judged = 0;
  ASSERT_TRUE(label(9, judged).ok());
  EXPECT_NE(LabelFile::open(path_, word_from_u64(6)).error().message.find("another teacher"), std::string::npos);
  EXPECT_EQ(LabelFile::open("/no/such/folder/x", id_).error().kind, ErrorKind::kEnvironment);
}

}  // namespace
}  // namespace sotto::judge::teacher
