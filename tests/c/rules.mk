# The native twin: the engine's sources through SIMDe, for tests only. Outputs land in wasm_build/native.
#
# Four builds of the same files:
#   float    under AddressSanitizer and UndefinedBehaviorSanitizer, which abort at the first fault
#   double   the same with real = double, so that derivatives and orders can be measured without rounding
#   thread   under ThreadSanitizer, which cannot stand beside the others (clang before 18 wants vm.mmap_rnd_bits <= 28)
#   fast     optimised and unsanitised, for the golden run, which takes minutes otherwise
#
# Flags, one reason each:
#   -ffp-contract=off      the same-bits rule, as in wasm_build/rules.mk
#   -fno-math-errno        sqrt is the instruction, not a call
#   -Wno-psabi             a vector of four doubles is passed in memory without AVX; nobody else calls these functions

NATIVE := wasm_build/native
NATIVE_CC ?= clang
NATIVE_FLAGS := -std=c11 -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror -Isrc
NATIVE_SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
NATIVE_float := $(NATIVE_SANITIZE)
NATIVE_double := $(NATIVE_SANITIZE) -DFM_DOUBLE -Wno-psabi
NATIVE_thread := -O1 -g -fsanitize=thread
NATIVE_fast := -O2

# Programs that need double, have threads, or must be fast; every other test_*.c links the float build.
NATIVE_IN_double := test_churn test_condition test_conversion test_divergence test_dopri5 test_gradient \
  test_likelihood test_ode test_path test_pchip test_theorem
NATIVE_IN_thread := test_pool
NATIVE_IN_fast := golden
NATIVE_IN_float := $(filter-out $(NATIVE_IN_double) $(NATIVE_IN_thread),$(basename $(notdir $(sort $(wildcard tests/c/test_*.c)))))
NATIVE_PROGRAMS := $(addprefix $(NATIVE)/,$(NATIVE_IN_float) $(NATIVE_IN_double) $(NATIVE_IN_thread) $(NATIVE_IN_fast))

.PHONY: native
native: $(NATIVE_PROGRAMS)

# $(1): float, double, thread or fast.
define native_build
$(NATIVE)/$(1)/%.o: src/%.c $(CORE_HEADERS) tests/c/rules.mk | setup-test
	@mkdir -p $$(@D)
	$(NATIVE_CC) $(NATIVE_FLAGS) $(NATIVE_$(1)) -c $$< -o $$@

$(addprefix $(NATIVE)/,$(NATIVE_IN_$(1))): $(NATIVE)/%: tests/c/%.c $(sort $(wildcard tests/c/*.h)) \
  $(CORE_SOURCES:src/%.c=$(NATIVE)/$(1)/%.o)
	$(NATIVE_CC) $(NATIVE_FLAGS) $(NATIVE_$(1)) $$(filter %.c %.o,$$^) -lm -o $$@
endef

$(foreach build,float double thread fast,$(eval $(call native_build,$(build))))

test test-c: native
