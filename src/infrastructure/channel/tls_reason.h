// Why TLS did not come about, in words a person at either house can act on. For tls_socket.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/channel/identity.h"

namespace puhui::channel {

Error unknown_certificate(const Digest& came, std::string_view came_party, const std::vector<Pinned>& expected);
Error out_of_date(std::string_view party);
// From OpenSSL's queue of this thread (and errno, when that is empty), which it empties. `own` is our fingerprint.
Error tls_failure(std::string_view doing, std::string_view own);

}  // namespace puhui::channel
