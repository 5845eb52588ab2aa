# What a person does with Puhui, one word each. Every word installs from Debian 12 what it lacks (through sudo when
# not root), builds what changed, and goes. How things are compiled: CMakePresets.json, cmake/, src/floors.cmake.
JOBS ?= $(shell nproc)
SETUP := bash cmake/setup.sh
configure = cmake --preset $(1) > build/$(1).configure.log || { cat build/$(1).configure.log; exit 1; }
compile = cmake --build --preset $(1) -j $(JOBS) --target $(2)

# The main job: a population the project simulates (docs/population.md), taken all the way on the embedded store.
RUN_STORE ?= build/run/store
RUN_PRODUCT ?= person_revolving
RUN_ROWS ?= 60000
RUN_SEED ?= 1
LISTEN ?= 127.0.0.1:8080
PUHUI := build/release/bin/puhui
RUN_TABLE := build/run/$(RUN_PRODUCT).csv
SIMULATE := $(PUHUI) lending simulate --population $(RUN_PRODUCT) --rows $(RUN_ROWS) --seed $(RUN_SEED) --out $(RUN_TABLE)
RUN := $(PUHUI) lending replay --applications $(RUN_TABLE) --mapping policies/$(RUN_PRODUCT)/mapping.json --store $(RUN_STORE)
SERVE := $(PUHUI) serve --listen $(LISTEN) --store $(RUN_STORE)

.PHONY: help run serve console test asan tsan fuzz bench tidy format clean
help:
	@echo "make run      simulate a population, decide and lend, and say how it went"
	@echo "make serve    open what 'make run' made at http://$(LISTEN)"
	@echo "make console  build the web console (make run and make serve do)"
	@echo "make federation-demo  two houses on this machine train together without showing their data"
	@echo "make test     every test, on SQLite and on a private PostgreSQL, and the console's stories in a browser"
	@echo "make console-test  only those stories; make pictures: docs/console, drawn by them"
	@echo "make asan     the same under AddressSanitizer and UndefinedBehaviorSanitizer; make tsan: ThreadSanitizer"
	@echo "make fuzz     each fuzzer for SECONDS=60"
	@echo "make bench    our speed beside our peers', in one run"
	@echo "make tidy     the rules of STYLE.md, each header alone, the format; make format: applies the format"

build:
	@mkdir -p build

.PHONY: program
program: | build
	@$(SETUP) build
	@$(call configure,release)
	@$(call compile,release,puhui)

# The web console: built anew when a source of it changed; npm installs exactly what package-lock.json names.
CONSOLE_SOURCES = $(shell find console/src console/public console/scripts -type f) $(wildcard console/*.json console/*.ts console/*.html)
CONSOLE_MODULES := console/node_modules/.installed
CONSOLE := console/dist/index.html
$(CONSOLE_MODULES): console/package-lock.json
	@$(SETUP) console
	@echo "Installing what the console is built with"
	@cd console && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
$(CONSOLE): $(CONSOLE_MODULES) $(CONSOLE_SOURCES) | build
	@echo "Building the console"
	@cd console && npm run --silent build > ../build/console.log 2>&1 || { rm -f dist/index.html; cat ../build/console.log; exit 1; }
	@touch $@
console: $(CONSOLE)

# Types, words in both languages, forms, signatures: what of the console needs no browser.
.PHONY: console_check
console_check: $(CONSOLE_MODULES) | build
	@cd console && npm run --silent check > ../build/console.check.log 2>&1 || { cat ../build/console.check.log; exit 1; }

# Stories in Debian's Chromium against the program of a build, on a store of their own; every page under axe-core.
STORIES := cd console && npm run --silent stories
.PHONY: console-test
console-test: console | build
	@$(SETUP) build console-test
	@$(call configure,dev)
	@$(call compile,dev,puhui)
	@$(STORIES)

# The pages as they look, for docs/console: pictures of a real bank, made by the same stories.
.PHONY: pictures
pictures: console | build
	@$(SETUP) build console-test
	@$(call configure,dev)
	@$(call compile,dev,puhui)
	@cd console && PUHUI_PICTURES=../docs/console npm run --silent stories -- every_page && node stories/palette.mjs ../docs/console

run: program console
	@rm -rf $(RUN_STORE) && mkdir -p $(RUN_STORE)
	@$(SIMULATE) > /dev/null
	@$(RUN)
	@$(PUHUI) lending day-end --date 2026-01-31 --store $(RUN_STORE) --quiet > /dev/null  # a month's end for the portfolio
	@echo
	@echo "To look at it in the browser: make serve"

serve: program console
	@$(SERVE)

# Two processes, two stores, mutual TLS; its last line is one JSON object.
.PHONY: federation-demo
federation-demo: program
	@tests/federation_demo.sh $(PUHUI) build/federation-demo

test: console_check console | build
	@$(SETUP) build test console-test
	@$(call configure,dev)
	@$(call compile,dev,all)
	@$(STORIES)
	@tests/run.sh build/dev

asan tsan: | build
	@$(SETUP) build test
	@$(call configure,$@)
	@$(call compile,$@,all)
	@tests/run.sh build/$@

SECONDS ?= 60
fuzz: | build
	@$(SETUP) build fuzz
	@$(call configure,fuzz)
	@$(call compile,fuzz,fuzzers)
	@tests/fuzz.sh build/fuzz $(SECONDS)

bench: console | build
	@$(SETUP) build bench console-test
	@$(call configure,release)
	@$(call compile,release,puhui benches)
	@bench/run.sh build/release

OURS = $(shell find src tests bench -name '*.h' -o -name '*.cc')
tidy: | build
	@$(SETUP) build test format
	@$(call configure,dev)
	@$(call compile,dev,tidy_test headers_alone)
	@build/dev/bin/tidy_test --gtest_brief=1
	@clang-format --dry-run -Werror $(OURS) || { echo "run: make format"; exit 1; }

format:
	@$(SETUP) format
	@clang-format -i $(OURS)

clean:
	@rm -rf build console/dist
