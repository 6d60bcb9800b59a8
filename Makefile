# SPDX-License-Identifier: AGPL-3.0-or-later
# Skrytka: one non-recursive Makefile; `make help` lists the targets. What is in mk/ belongs to it.
#
# A variant of the build is the same Makefile with another BUILD, so variants live side by side:
#   make BUILD=build/asan SANITIZE=address,undefined OPT=-O1

BUILD    ?= build
SANITIZE ?=
OPT      ?= -O2
PREFIX   ?= /usr/local
DESTDIR  ?=
ifeq ($(origin CC),default)
CC       := gcc
endif

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
            -Wformat=2 -Wundef -Wvla -Wno-missing-field-initializers
WERROR   ?= -Werror
VERSION  := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
CPPFLAGS += -I. -D_GNU_SOURCE -DSKRYTKA_PREFIX='"$(PREFIX)"' -DSKRYTKA_VERSION='"$(VERSION)"'
CFLAGS   += -std=c11 -g $(OPT) $(WARNINGS) $(WERROR) -fstack-protector-strong -fPIE
LDFLAGS  += -pie -Wl,-z,relro,-z,now -Wl,--as-needed
ifneq ($(SANITIZE),)
# Places where a test ends the daemon (protocol/base/kill_point.h) are in such builds only.
CPPFLAGS += -DSKRYTKA_KILL_POINTS
CFLAGS   += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
LDFLAGS  += -fsanitize=$(SANITIZE)
endif

# The rooms (docs/architecture.md). Each is a static library; what a program links is what it may
# use. `make check-layers` holds their sources to the same arrows.
ROOMS        := tui server db protocol
PROTOCOL_SRC := $(wildcard protocol/*.c protocol/base/*.c)
DB_SRC       := $(wildcard db/*.c)
SERVER_SRC   := $(filter-out server/main.c,$(wildcard server/*.c server/*/*.c))
TUI_SRC      := $(filter-out tui/main.c,$(wildcard tui/*.c tui/*/*.c))
MAIN_SRC     := $(wildcard server/main.c tui/main.c)
TOOL_SRC     := $(wildcard tools/*.c)
ALL_SRC       = $(PROTOCOL_SRC) $(DB_SRC) $(SERVER_SRC) $(TUI_SRC) $(MAIN_SRC) $(TOOL_SRC) $(TEST_SRC)

# Files that a program carries inside itself (protocol/base/embedded.h).
TEMPLATES    := $(wildcard server/templates/*)
MIGRATIONS   := $(sort $(wildcard db/migrations/*.sql))

SERVER_PKG   := libuv sqlite3 msgpack libmicrohttpd libcurl libsodium gnutls jansson inih libmagic
TUI_PKG      := libuv msgpack ncursesw panelw jansson libsodium gnutls
ALL_PKG      := $(sort $(SERVER_PKG) $(TUI_PKG))
PKG_MISSING  := $(shell pkg-config --print-errors --short-errors --exists $(ALL_PKG) 2>&1 | \
                  sed "s/^Package '\([^']*\)'.*/\1/")
# -isystem keeps our warnings out of their headers; the code sets its own feature macro.
PKG_CFLAGS   := $(shell pkg-config --cflags $(ALL_PKG) 2>/dev/null | sed 's/-I/-isystem /g')
CPPFLAGS     += $(filter-out -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=%,$(PKG_CFLAGS))
SERVER_LIBS  := $(shell pkg-config --libs $(SERVER_PKG) 2>/dev/null) -pthread
TUI_LIBS     := $(shell pkg-config --libs $(TUI_PKG) 2>/dev/null) -pthread
ALL_LIBS     := $(shell pkg-config --libs $(ALL_PKG) 2>/dev/null) -pthread

# One short line per step; `make V=1` shows the commands.
say           = $(if $(V),,@printf '%-7s %s\n' $(1) $@;)

objects       = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
archives      = $(patsubst %,$(BUILD)/lib%.a,$(1))
CATALOGUES   := $(patsubst po/%.po,$(BUILD)/locale/x/LC_MESSAGES/skrytka-%.mo,$(wildcard po/*.po))

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS    += --no-builtin-rules --no-print-directory

.PHONY: all
all: $(BUILD)/skrytkad $(BUILD)/skrytka $(CATALOGUES) ## build skrytkad and skrytka (the default)

$(BUILD)/libprotocol.a: $(call objects,$(PROTOCOL_SRC))
$(BUILD)/libdb.a: $(call objects,$(DB_SRC)) $(BUILD)/gen/migrations.o
$(BUILD)/libserver.a: $(call objects,$(SERVER_SRC)) $(BUILD)/gen/templates.o
$(BUILD)/libtui.a: $(call objects,$(TUI_SRC))

$(BUILD)/lib%.a: $(BUILD)/stamp/sources
	@rm -f $@
	$(call say,AR)ar rcs $@ $(filter %.o,$^)

$(BUILD)/skrytkad: $(BUILD)/obj/server/main.o $(call archives,server db protocol)
	$(LINK) $(SERVER_LIBS)

$(BUILD)/skrytka: $(BUILD)/obj/tui/main.o $(call archives,tui protocol)
	$(LINK) $(TUI_LIBS)

$(BUILD)/tools/%: $(BUILD)/obj/tools/%.o $(call archives,$(ROOMS))
	@mkdir -p $(@D)
	$(LINK) $(ALL_LIBS)

COMPILE = $(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
LINK    = $(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/stamp/flags
	@mkdir -p $(@D)
	$(COMPILE)

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/stamp/flags
	$(COMPILE)

$(BUILD)/gen/templates.c: tools/embed $(TEMPLATES) $(BUILD)/stamp/sources
	@mkdir -p $(@D)
	$(call say,EMBED)tools/embed embedded_templates $(TEMPLATES) >$@

$(BUILD)/gen/migrations.c: tools/embed $(MIGRATIONS) $(BUILD)/stamp/sources
	@mkdir -p $(@D)
	$(call say,EMBED)tools/embed embedded_migrations $(MIGRATIONS) >$@

$(BUILD)/locale/x/LC_MESSAGES/skrytka-%.mo: po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT)msgfmt --check -o $@ $<

# A stamp changes only when its text does: `flags` rebuilds every object when the compiler or an
# option changed, `sources` every library when a file came or went.
STAMP_flags   = $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
STAMP_sources = $(ALL_SRC) $(TEMPLATES) $(MIGRATIONS)

$(BUILD)/stamp/%: FORCE
	$(if $(PKG_MISSING),@echo "Missing: $(PKG_MISSING)"; echo "Run: make deps"; exit 1)
	@mkdir -p $(@D)
	@text='$(subst ','\'',$(STAMP_$*))'; \
	    echo "$$text" | cmp -s - $@ || echo "$$text" >$@

.PHONY: FORCE
FORCE:

.PHONY: deps
deps: ## install the Debian packages that building needs
	tools/install-packages build run

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

include mk/tests.mk mk/check.mk mk/install.mk
-include $(patsubst %.c,$(BUILD)/obj/%.d,$(ALL_SRC)) $(wildcard $(BUILD)/gen/*.d)
