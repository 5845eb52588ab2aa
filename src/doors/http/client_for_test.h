// A blocking HTTP client on plain sockets and OpenSSL, so that the server's tests share none of its code.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace puhui::http {

constexpr int kWaitMsMax = 30'000;  // a busy machine hashes a password slowly

class TestClient {
 public:
  explicit TestClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~TestClient() {
    if (tls_ != nullptr) SSL_free(tls_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    ::close(socket_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  // Trusts that certificate only.
  bool start_tls(const std::string& certificate_file) {
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(context_, certificate_file.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    return SSL_connect(tls_) == 1;
  }

  bool send(std::string_view bytes) {
    if (tls_ != nullptr) return SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // One whole response by its Content-Length; what came so far when the server closes or kWaitMsMax pass.
  std::string response() {
    for (;;) {
      const size_t end = read_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const size_t at = read_.find("Content-Length: ");
        const size_t length = at < end ? std::strtoull(read_.c_str() + at + 16, nullptr, 10) : 0;
        if (read_.size() >= end + 4 + length) {
          std::string out = read_.substr(0, end + 4 + length);
          read_.erase(0, out.size());
          return out;
        }
      }
      if (!read_more()) return std::exchange(read_, {});
    }
  }
  std::string ask(std::string_view bytes) { return send(bytes) ? response() : "could not send"; }
  // True when the server ends the connection within kWaitMsMax without another byte.
  bool is_closed() { return read_.empty() && !read_more() && ended_; }

 private:
  bool read_more() {
    char bytes[16384];
    pollfd ready{socket_, POLLIN, 0};
    const bool pending = tls_ != nullptr && SSL_pending(tls_) > 0;
    if (!pending && ::poll(&ready, 1, kWaitMsMax) != 1) return false;
    const ssize_t count =
        tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes) : ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return ended_ = true, false;
    read_.append(bytes, static_cast<size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false, ended_ = false;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string read_;
};

inline std::string status_of(const std::string& response) {
  return response.starts_with("HTTP/1.1 ") ? response.substr(9, 3) : "no response: " + response;
}

}  // namespace puhui::http
