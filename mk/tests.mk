# SPDX-License-Identifier: AGPL-3.0-or-later
# Tests, benchmarks, fuzzing. To add one, add a file; no list here needs a new row:
#   tests/unit/test_X.c    one cmocka program, linked with every room
#   tests/tui/test_X.c     one cmocka program that drives the real skrytka in a pty (libvterm)
#   tests/*/test_X.py      pytest
#   tests/bench/bench_X.c  a program that prints figures
#   tests/fuzz/fuzz_X.c    a libFuzzer target, its corpus in tests/fuzz/corpus/X/
# Other C files in these folders are helpers linked to each program of the folder.

# The tests of our own threads run once more under ThreadSanitizer.
TSAN_TESTS   := test_clock test_crew test_db test_db_threads test_notify test_render test_scan_files \
                test_smtp_talk
FUZZ_SECONDS ?= 60

UNIT_SRC     := $(wildcard tests/unit/*.c)
TERMINAL_SRC := $(wildcard tests/tui/*.c)
BENCH_SRC    := $(wildcard tests/bench/*.c)
FUZZ_SRC     := $(wildcard tests/fuzz/*.c)
TEST_SRC     := $(UNIT_SRC) $(TERMINAL_SRC) $(BENCH_SRC) $(FUZZ_SRC)
TEST_ROOMS   ?= $(ROOMS)

# tests/unit/test_x.c -> $(BUILD)/tests/unit/test_x, for the files of a list that begin with a prefix
programs      = $(patsubst %.c,$(BUILD)/%,$(filter tests/$(1)/$(2)_%,$(TEST_SRC)))
helpers       = $(call objects,$(filter-out tests/$(1)/$(2)_%,$(filter tests/$(1)/%,$(TEST_SRC))))

# A library, so that a program gets only the helpers it calls.
$(BUILD)/libhelp-unit.a: $(call helpers,unit,test)
$(BUILD)/libhelp-tui.a: $(call helpers,tui,test)
$(BUILD)/libhelp-bench.a: $(call helpers,bench,bench)
$(BUILD)/libhelp-fuzz.a: $(call helpers,fuzz,fuzz)

UNIT_TESTS     := $(call programs,unit,test)
TERMINAL_TESTS := $(call programs,tui,test)
BENCHES        := $(call programs,bench,bench)
FUZZERS        := $(call programs,fuzz,fuzz)

# cmocka hands every test a state that most have no use for.
$(BUILD)/obj/tests/%.o: private CFLAGS += -Wno-unused-parameter

define LINK_TEST
@mkdir -p $(@D)
$(LINK) $(ALL_LIBS) $(TEST_LIBS)
endef

$(UNIT_TESTS): TEST_LIBS = -lcmocka
$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call archives,help-unit $(TEST_ROOMS))
	$(LINK_TEST)

$(TERMINAL_TESTS): TEST_LIBS = -lcmocka -lvterm -lutil
$(TERMINAL_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call archives,help-tui $(TEST_ROOMS))
	$(LINK_TEST)

# A fuzzer brings its own main; the rooms under it are compiled to be traced.
$(FUZZERS): LDFLAGS += -fsanitize=fuzzer
$(FUZZERS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call archives,help-fuzz $(TEST_ROOMS))
	$(LINK_TEST)

# A terminal is measured by the harness of its tests.
$(BENCHES): TEST_LIBS = -lcmocka -lvterm -lutil
$(BENCHES): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call archives,help-bench help-tui $(TEST_ROOMS))
	$(LINK_TEST)

.PHONY: test-programs benches fuzzers
test-programs: $(UNIT_TESTS) $(TERMINAL_TESTS)
benches: $(BENCHES)
fuzzers: $(FUZZERS)

# Use all cores for the variants where the caller gave no -j.
JOBS  = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
ASAN  = $(MAKE) $(JOBS) BUILD=build/asan SANITIZE=address,undefined OPT=-O1
TSAN  = $(MAKE) $(JOBS) BUILD=build/tsan SANITIZE=thread OPT=-O1 TEST_ROOMS='server db protocol'
FUZZ  = $(MAKE) $(JOBS) BUILD=build/fuzz SANITIZE=address,undefined,fuzzer-no-link CC=clang
TSAN_PROGRAMS := $(TSAN_TESTS:%=build/tsan/tests/unit/%)

.PHONY: test
test: ## install what tests need, build, run all; T=WORD runs only what has WORD in its name
	tools/install-packages build run test
	$(ASAN) all test-programs
	$(TSAN) $(TSAN_PROGRAMS)
	$(FUZZ) fuzzers
	tools/run-tests $(if $(T),--only '$(T)') --tsan $(TSAN_PROGRAMS)

CRASH_STATES ?= 20000
CRASH_KILLS  ?= 1000
CRASH_ACTS   ?= 30000
CRASH_ROUNDS ?= 200
CRASH_TESTS  := $(patsubst %,$(BUILD)/tests/unit/test_%,power_loss kill office_model)

.PHONY: crash
crash: ## the long form of the crash tests: power losses, kills, a model of the office
	tools/install-packages build run test
	$(MAKE) $(JOBS) $(CRASH_TESTS)
	$(ASAN) all
	@export SKRYTKA_CRASH_STATES=$(CRASH_STATES) SKRYTKA_KILLS=$(CRASH_KILLS) \
	    SKRYTKA_MODEL_ACTS=$(CRASH_ACTS) SKRYTKA_MODEL_SEED=$$(date +%s); \
	    for program in $(CRASH_TESTS); do $$program || exit 1; done
	SKRYTKA_BUILD=build/asan SKRYTKA_KILL_ROUNDS=$(CRASH_ROUNDS) /usr/bin/python3 -m pytest -q \
	    -p no:cacheprovider -n auto tests/scenario/test_messages_kill.py

.PHONY: bench
bench: ## measure; see docs/benchmarks.md
	tools/install-packages build run test bench
	$(MAKE) $(JOBS) all benches
	@for program in $(BENCHES); do echo "== $${program##*/}"; $$program || exit 1; done

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZ_SECONDS, keeping what it finds in tests/fuzz/corpus
	tools/install-packages build test
	$(FUZZ) fuzzers
	@for program in $(patsubst $(BUILD)/%,build/fuzz/%,$(FUZZERS)); do \
	    corpus=tests/fuzz/corpus/$${program##*/fuzz_}; mkdir -p $$corpus; \
	    $$program -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/ $$corpus || exit 1; \
	done
