// SPDX-License-Identifier: Apache-2.0
// Names on the bus: words joined by dots, and patterns over them.
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace sotto::contest {

// A word of A-Z a-z 0-9 _ -, 1 to 64 characters: what teams and nodes may be called.
bool is_word(std::string_view text);
// Words joined by dots, at most 200 characters: keys, ids.
Status check_name(std::string_view name);
// A name that one may publish on: it begins with team. or public.
Status check_subject(std::string_view subject);
// A name that one may listen to, with * for one word and > for one or more at the end.
Status check_pattern(std::string_view pattern);
bool matches(std::string_view pattern, std::string_view name);
Status check_queue(std::string_view queue);
Status check_payload(ByteSpan data);

inline constexpr std::string_view kTeamPrefix = "team.";      // stays in the team
inline constexpr std::string_view kPublicPrefix = "public.";  // leaves the team
inline constexpr std::string_view kFromPrefix = "from.";      // comes from another team: from.TEAM.public.…

}  // namespace sotto::contest
