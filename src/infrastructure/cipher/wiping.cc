#include "infrastructure/cipher/wiping.h"

#include <openssl/crypto.h>

namespace puhui::cipher {

void wipe_memory(void* from, size_t bytes) { OPENSSL_cleanse(from, bytes); }

}  // namespace puhui::cipher
