#include "base.h"

int fm_is_aligned(const void *pointer, uintptr_t bytes) {
  return pointer != NULL && ((uintptr_t)pointer & (bytes - 1)) == 0;
}

int fm_is_array(const void *pointer, uint64_t count, uint64_t size) {
  if (!fm_is_aligned(pointer, size < 8 ? size : 8)) return 0;
#ifdef __wasm__
  return (uint64_t)(uintptr_t)pointer + count * size <= (uint64_t)__builtin_wasm_memory_size(0) * 65536;
#else
  return count <= UINTPTR_MAX / size;
#endif
}
