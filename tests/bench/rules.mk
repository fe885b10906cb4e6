# Two more builds for the bench, with the engine's own flags (among them -ffp-contract=off). Neither is published.
#   kernels.wasm   the kernels alone, exported, beside loops that show what the machine can do
#   profile.wasm   the whole engine with a clock around each kernel, by wasm-ld's --wrap; the clock is an import, which
#                  emcc would otherwise take for a missing function

KERNELS_SOURCES := src/gemm.c src/act.c src/reduce.c tests/bench/kernels.c
KERNELS_EXPORTS := gemm gemm_pack silu_forward silu_backward sum_rows sum_squares
PROFILED := $(sort $(patsubst __real_%,%,$(shell grep -oE '__real_[a-z_]+' tests/bench/profile.c)))

wasm_build/kernels.wasm: $(KERNELS_SOURCES) $(CORE_HEADERS) tests/bench/rules.mk wasm_build/rules.mk | setup-build
	$(EMRUN) $(EMFLAGS) $(EMLINK) $(EMLINK_plain) -Isrc $(KERNELS_EXPORTS:%=-Wl,--export=%) $(KERNELS_SOURCES) -o $@

wasm_build/profile.wasm: $(CORE_OBJECTS) tests/bench/profile.c tests/bench/rules.mk
	$(EMRUN) $(EMFLAGS) $(EMLINK) $(EMLINK_plain) -Isrc $(PROFILED:%=-Wl,--wrap=%) -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0 \
	  $(CORE_OBJECTS) tests/bench/profile.c -o $@

bench: setup-bench wasm wasm_build/kernels.wasm wasm_build/profile.wasm
	node tests/bench/bench.js $(BENCH)

# The protocol of C2OT, beside its published values; ten minutes a seed of ot on a busy core.
transfer: wasm
	node tests/bench/transfer.js $(TRANSFER)

# The page in headless Chromium, as a reader meets it.
vitals: setup-test wasm
	node tests/bench/vitals.js $(VITALS)
