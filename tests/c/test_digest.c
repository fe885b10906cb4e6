/* SHA-256 against the examples of FIPS 180-4 and the NIST short-message vectors. */
#include "digest.h"

#include "check.h"

static const struct {
  const char *text, *hex;
} VECTORS[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void hex_of(const uint8_t *data, uint32_t bytes, char hex[65]) {
  uint8_t out[32];
  digest_sha256(data, bytes, out);
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", out[i]);
}

int main(void) {
  char hex[65];
  promise("the published vectors come out");
  for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
    hex_of((const uint8_t *)VECTORS[i].text, (uint32_t)strlen(VECTORS[i].text), hex);
    check(strcmp(hex, VECTORS[i].hex) == 0, "%s", hex);
  }
  uint8_t *million = guarded(1000000);
  memset(million, 'a', 1000000);
  hex_of(million, 1000000, hex);
  check(strcmp(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0, "%s", hex);

  /* Every padding case: SHA-256 over the 129 digests of messages of 0 .. 128 bytes 'a', made with Python's hashlib. */
  promise("messages of 0 to 128 bytes agree with hashlib");
  uint8_t *digests = guarded(129 * 32);
  for (uint32_t n = 0; n <= 128; n++) digest_sha256(million, n, digests + 32 * n);
  hex_of(digests, 129 * 32, hex);
  check(strcmp(hex, "933ad676721ea7b25e55fafbe9f544c2c84280829cd6c7afddd32fc9d6202a4d") == 0, "%s", hex);
  free(million);
  free(digests);
  return report(2);
}
