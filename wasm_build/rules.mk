# The recipe of core.wasm. Every output lands in this folder and is ignored by git.
#
# Flags, one reason each:
#   -O3                     the products and the sort, which rely on inlining, unrolling and constant propagation
#   -O2                     the files of WARM, whose loops take time and gain nothing by more
#   -Oz                     the others run once a step or a call, or gain nothing by -O2; a quarter smaller in all
#   -msimd128               the engine is written in simd128 intrinsics
#   -mbulk-memory -mnontrapping-fptoint -msign-ext   every engine that has simd128 has had these before: a copy, a conversion
#                           and a sign are one instruction each, 0.7 kB less
#   -fno-vectorize -fno-slp-vectorize   but for -O3, whose sort would take a tenth longer: the other loops that take time are
#                           vectors as written, and what the compiler makes vectors of besides gains nothing
#   -ffp-contract=off       a fused multiply-add would round differently on other machines (same-bits rule)
#   -fno-math-errno         sqrt is the instruction, not a call
#   -Oz --converge --reorder-functions   the linked whole once more by Binaryen, until nothing changes, and what is called most
#                           in the first 128 places, whose numbers take one byte: 0.9 kB less, the loops as they were
#   -sSTANDALONE_WASM --no-entry   a library with no JavaScript glue and no imports
#   -sALLOW_MEMORY_GROWTH   JavaScript grows the memory to the block fm_size asks for
#   -sINITIAL_MEMORY=262144 stack and tables; a model's block comes on top, so that a small model is small
#   -sTOTAL_STACK=65536     the engine keeps arrays in its block, not on the stack
#   -Wl,--export=__heap_base  where JavaScript may place the block
#
# core_threads.wasm is the same source for callers that ask for threads:
#   -O3                     linked as its pool has been tried (below): its bytes are for those who ask for them
#   -matomics -Wl,--shared-memory   one memory for several instances
#   -sIMPORTED_MEMORY       JavaScript makes that memory and hands it to each of them: the only import
#   -Wl,--export-if-defined=_emscripten_stack_restore   a helper begins on a stack of its own; emcc 3.1.6 exports the
#                           same under its old name stackRestore unasked
#   -sMAXIMUM_MEMORY        a shared memory must state how far it may grow; 1 GiB

CORE_SOURCES := $(sort $(wildcard src/*.c))
CORE_HEADERS := $(sort $(wildcard src/*.h))
EMCC ?= emcc
EMFEATURES := -msimd128 -mbulk-memory -mnontrapping-fptoint -msign-ext
EMFLAGS := -std=c11 $(EMFEATURES) -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror
EMLINK := $(EMFEATURES) -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=262144 -sTOTAL_STACK=65536 \
  -Wl,--export=__heap_base
EMLINK_plain := -Oz -sBINARYEN_EXTRA_PASSES=--converge,--reorder-functions
EMFLAGS_threads := -matomics
EMLINK_threads := -O3 -matomics -sIMPORTED_MEMORY -sMAXIMUM_MEMORY=1073741824 -Wl,--shared-memory \
  -Wl,--export-if-defined=_emscripten_stack_restore
EMRUN := NODE_PATH=/usr/share/nodejs $(EMCC)

# These stand after -O, which would ask for them again.
NO_VECTORS := -fno-vectorize -fno-slp-vectorize

# The pool is no loop to be quick: at -Oz its first run is given up within a second in many a process, at -O2 in none. The linked code
# is right in both (memory.atomic.wait32 has its 50,000,000 ns, the count of naps is compared as written), so it is how V8 runs it:
# with Liftoff, its baseline compiler, 2 of 20 processes lost a helper and at times 4 of 8, with TurboFan alone none of 28 (node 20).
WARM := act adamw assignment coupling path pool posterior reduce rng scalar timelaw
$(foreach file,gemm metric,$(eval OPTIMISE_$(file) := -O3))
$(foreach file,$(WARM),$(eval OPTIMISE_$(file) := -O2 $$(NO_VECTORS)))

# $(1): plain or threads.
define wasm_objects
wasm_build/objects/$(1)/%.o: src/%.c $(CORE_HEADERS) wasm_build/rules.mk | setup-build
	@mkdir -p $$(@D)
	$$(EMRUN) $$(EMFLAGS) $$(EMFLAGS_$(1)) $$(or $$(OPTIMISE_$$*),-Oz $$(NO_VECTORS)) -c $$< -o $$@
endef
$(foreach build,plain threads,$(eval $(call wasm_objects,$(build))))
CORE_OBJECTS := $(CORE_SOURCES:src/%.c=wasm_build/objects/plain/%.o)

wasm_build/core.wasm: $(CORE_OBJECTS)
	$(EMRUN) $(EMLINK) $(EMLINK_plain) $^ -o $@

wasm_build/core_threads.wasm: $(CORE_SOURCES:src/%.c=wasm_build/objects/threads/%.o)
	$(EMRUN) $(EMLINK) $(EMLINK_threads) $^ -o $@

# The same bytes as a JavaScript module, so that no bundler or host has to find a .wasm file.
wasm_build/%.js: wasm_build/%.wasm wasm_build/inline.js
	node wasm_build/inline.js $< $@

# What is published. npm packs the folder as it is; the archive has a name without the version, so that tests find it.
PACKED := $(wildcard web/lib/* web/cli/* web/view/* web/element/*) package.json README.md CHANGELOG.md LICENSE

wasm_build/moonflow.tgz: wasm_build/core.js wasm_build/core_threads.js wasm_build/package.js wasm_build/whole.js $(PACKED)
	node wasm_build/package.js
	cd wasm_build && mv "$$(npm pack ./npm --silent)" moonflow.tgz
