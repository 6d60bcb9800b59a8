# SPDX-License-Identifier: AGPL-3.0-or-later
# Tests, benchmarks, fuzzing. To add one, add a file; no list here needs a new row:
#   tests/unit/test_X.c    one cmocka program, linked with every room
#   tests/tui/test_X.c     one cmocka program that drives the real skrytka in a pty (libvterm)
#   tests/*/test_X.py      pytest
#   tests/bench/bench_X.c  a program that prints figures
#   tests/fuzz/fuzz_X.c    a libFuzzer target, its corpus in tests/fuzz/corpus/X/
# Other C files in these folders are helpers linked to each program of the folder.

# The tests of our own threads run once more under ThreadSanitizer.
TSAN_TESTS   := test_db_threads
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
$(UNIT_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call helpers,unit,test) \
               $(call archives,$(TEST_ROOMS))
	$(LINK_TEST)

$(TERMINAL_TESTS): TEST_LIBS = -lcmocka -lvterm -lutil
$(TERMINAL_TESTS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(call helpers,tui,test) \
                   $(call archives,$(TEST_ROOMS))
	$(LINK_TEST)

.PHONY: unit-tests
unit-tests: $(UNIT_TESTS)
