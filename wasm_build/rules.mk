# The recipe of core.wasm. Every output lands in this folder and is ignored by git.
#
# Flags, one reason each:
#   -O3                     the kernels rely on inlining and constant propagation
#   -msimd128               the engine is written in simd128 intrinsics
#   -ffp-contract=off       a fused multiply-add would round differently on other machines (same-bits rule)
#   -fno-math-errno         sqrt is the instruction, not a call
#   -sSTANDALONE_WASM --no-entry   a library with no JavaScript glue and no imports
#   -sALLOW_MEMORY_GROWTH   JavaScript grows the memory to the block fm_size asks for
#   -sINITIAL_MEMORY=262144 stack and tables; a model's block comes on top, so that a small model is small
#   -sTOTAL_STACK=65536     the engine keeps arrays in its block, not on the stack
#   -Wl,--export=__heap_base  where JavaScript may place the block
#
# core_threads.wasm is the same source for callers that ask for threads:
#   -matomics -mbulk-memory -Wl,--shared-memory   one memory for several instances
#   -sIMPORTED_MEMORY       JavaScript makes that memory and hands it to each of them: the only import
#   -Wl,--export-if-defined=_emscripten_stack_restore   a helper begins on a stack of its own; emcc 3.1.6 exports the
#                           same under its old name stackRestore unasked
#   -sMAXIMUM_MEMORY        a shared memory must state how far it may grow; 1 GiB

CORE_SOURCES := $(sort $(wildcard src/*.c))
CORE_HEADERS := $(sort $(wildcard src/*.h))
EMCC ?= emcc
EMFLAGS := -std=c11 -O3 -msimd128 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror \
  -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=262144 -sTOTAL_STACK=65536 \
  -Wl,--export=__heap_base
THREAD_FLAGS := -matomics -mbulk-memory -sIMPORTED_MEMORY -sMAXIMUM_MEMORY=1073741824 -Wl,--shared-memory \
  -Wl,--export-if-defined=_emscripten_stack_restore

wasm_build/core.wasm: $(CORE_SOURCES) $(CORE_HEADERS) wasm_build/rules.mk
	NODE_PATH=/usr/share/nodejs $(EMCC) $(EMFLAGS) $(CORE_SOURCES) -o $@

wasm_build/core_threads.wasm: $(CORE_SOURCES) $(CORE_HEADERS) wasm_build/rules.mk
	NODE_PATH=/usr/share/nodejs $(EMCC) $(EMFLAGS) $(THREAD_FLAGS) $(CORE_SOURCES) -o $@

# The same bytes as a JavaScript module, so that no bundler or host has to find a .wasm file.
wasm_build/%.js: wasm_build/%.wasm wasm_build/inline.js
	node wasm_build/inline.js $< $@
