# Moonflow. `make` prints what there is; every target first installs what it lacks (wasm_build/setup.sh).

.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := node_modules/.bin
PORT ?= 8080
NODE_TEST := node --test --test-reporter=spec

C_TESTS := $(sort $(wildcard tests/c/*.test.js))
JS_TESTS := $(sort $(wildcard tests/js/*.test.js))
BROWSER_TESTS := $(sort $(wildcard tests/browser/*.test.js tests/hosts/*.test.js))
HOST_TESTS := $(addprefix tests/hosts/,element.test.js sites.test.js docusaurus/docusaurus.test.js \
  widgets/notebook.test.js widgets/widget.test.js widgets/marimo.test.js)
C_FILES := $(sort $(wildcard src/*.[ch] tests/bench/*.c tests/c/*.[ch] tests/fuzz/*.[ch]))

.PHONY: help demo site test wasm package test-c test-js test-browser hosts bench transfer vitals check format clean
.PHONY: setup-build setup-demo setup-check setup-test setup-hosts setup-bench

help:
	@echo 'make demo          build, then serve the page on http://127.0.0.1:$(PORT)'
	@echo 'make site          the page and its documentation as a folder for any server: wasm_build/site'
	@echo 'make test          every test, then make check'
	@echo 'make wasm          the engine: wasm_build/core.wasm, core_threads.wasm, each with its .js'
	@echo 'make package       the npm package: wasm_build/moonflow.tgz'
	@echo 'make test-c        the engine natively under sanitizers'
	@echo 'make test-js       the library, the command, the drawing'
	@echo 'make test-browser  the page, and the package in bundlers and pages, in headless Chromium'
	@echo 'make hosts         the element in every host page, in Docusaurus, widgets and marimo too (900 packages more), as a table'
	@echo 'make bench         speed against PyTorch, TF.js, jax-js and SciPy (BENCH="--only step --quick")'
	@echo 'make transfer      eight Gaussians to moons beside published values (TRANSFER="--seeds 10")'
	@echo 'make vitals        the page: first picture, trained moons, tasks, frames, bytes (VITALS="--visits 3 --tasks")'
	@echo 'make check         formatters, linter, types, rules of the repository, the package and its size'
	@echo 'make format        write the formatting'
	@echo 'make clean         remove what was built'
	@echo
	@echo 'On Debian each target installs what it lacks; elsewhere it names it.'

include wasm_build/rules.mk
include tests/bench/rules.mk
-include tests/c/rules.mk

setup-build setup-demo setup-check setup-test setup-hosts setup-bench: setup-%:
	@wasm_build/setup.sh $*

# One after the other even under make -j: two package managers at once would wait for or fail each other.
setup-demo setup-check setup-test setup-hosts setup-bench: | setup-build

# Order only: the compiler must be there before it is called, and its arrival makes nothing out of date.
wasm_build/core.wasm wasm_build/core_threads.wasm: | setup-build

wasm: wasm_build/core.js wasm_build/core_threads.js

package: wasm_build/moonflow.tgz

wasm_build/moonflow.tgz: | setup-check

# The built page is served, not the sources: what is seen is what would be published.
demo: setup-demo wasm
	@if (exec 3<>/dev/tcp/127.0.0.1/$(PORT)) 2>/dev/null; then \
	  echo 'Port $(PORT) is busy; try another: make demo PORT='$$(($(PORT) + 1)) >&2; exit 1; fi
	@$(BIN)/vite build web --logLevel warn
	@echo 'Moonflow is at http://127.0.0.1:$(PORT) (Ctrl-C stops it)'
	@$(BIN)/vite preview web --host 127.0.0.1 --port $(PORT) --strictPort --logLevel warn

site: setup-demo wasm
	@node web/site.js

test: setup-test wasm package
	$(NODE_TEST) $(C_TESTS) $(JS_TESTS) $(BROWSER_TESTS)
	@$(MAKE) --no-print-directory check

test-c: setup-test wasm
	$(NODE_TEST) $(C_TESTS)

test-js: setup-test wasm package
	$(NODE_TEST) $(JS_TESTS)

test-browser: setup-test wasm package
	$(NODE_TEST) $(BROWSER_TESTS)

hosts: setup-hosts wasm package
	$(NODE_TEST) --test-concurrency=1 $(HOST_TESTS)

check: setup-check wasm package
	$(BIN)/biome ci --error-on-warnings .
	$(BIN)/tsc -p tsconfig.json
	clang-format --dry-run -Werror $(C_FILES)
	$(BIN)/publint --strict --pack false wasm_build/npm
	$(BIN)/attw wasm_build/moonflow.tgz --profile esm-only --exclude-entrypoints core.wasm moonflow.html --format ascii --quiet
	node wasm_build/weight.js
	node --test --test-reporter=dot tests/js/repository.test.js

format: setup-check
	$(BIN)/biome check --write .
	clang-format -i $(C_FILES)

clean:
	git clean -qfdX wasm_build
