// For fuzzers only: a peer whose every message is the next piece of the input, two bytes of length and then its bytes.
#pragma once

#include <string>
#include <string_view>

#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

class FuzzConversation final : public Conversation {
 public:
  FuzzConversation(std::string_view bytes, size_t self) : bytes_(bytes), self_(self) {}
  size_t self() const override { return self_; }
  size_t parties() const override { return 2; }
  Result<void> send(size_t, uint16_t, std::initializer_list<std::string_view>) override { return {}; }
  Result<std::string> receive(size_t, uint16_t) override {
    if (bytes_.size() < 2) return fail(ErrorCode::unavailable, "the other party ended");
    const size_t length = static_cast<uint8_t>(bytes_[0]) | static_cast<size_t>(static_cast<uint8_t>(bytes_[1])) << 8;
    bytes_.remove_prefix(2);
    std::string out(bytes_.substr(0, length));
    bytes_.remove_prefix(out.size());
    return out;
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  std::string_view bytes_;
  size_t self_;
};

}  // namespace puhui::federation
