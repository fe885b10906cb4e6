/* digest.h — SHA-256 (FIPS 180-4), so that every engine, shell and page can name a run by the same hash. */
#ifndef DIGEST_H
#define DIGEST_H

#include "base.h"

/* out[32] = SHA-256 of data[bytes]. */
void digest_sha256(const uint8_t *data, uint32_t bytes, uint8_t *out);

#endif
