// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/inproc.h"

#include "contest/bus/testing/bus_suite.h"

namespace sotto::contest {
namespace {

class InProcWorld : public BusWorld {
 public:
  std::unique_ptr<Bus> open(const std::string& user) override { return hub_.connect(user.substr(0, user.find('-'))).value(); }

 private:
  InProcHub hub_{kAckWait};
};

INSTANTIATE_TEST_SUITE_P(InProc, BusTest, testing::Values([]() -> std::unique_ptr<BusWorld> { return std::make_unique<InProcWorld>(); }));

TEST(InProc, OddTeamsAreRefused) {
  InProcHub hub;
  EXPECT_FALSE(hub.connect("").ok());
  EXPECT_FALSE(hub.connect("a.b").ok());
}

TEST(InProc, BusesOutliveTheHub) {
  std::unique_ptr<Bus> bus;
  {
    InProcHub hub;
    bus = hub.connect("red").value();
  }
  EXPECT_TRUE(bus->put("x", bytes("1")).ok());
}

}  // namespace
}  // namespace sotto::contest
