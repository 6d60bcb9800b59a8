# SPDX-License-Identifier: AGPL-3.0-or-later
# Skrytka: one non-recursive Makefile. `make help` lists the targets.
#
# BUILD     where objects and programs go (a variant gets its own folder, so variants live together)
# SANITIZE  e.g. address,undefined or thread
# CC, OPT, WERROR may be set too

BUILD    ?= build
SANITIZE ?=
OPT      ?= -O2
CC       ?= gcc
PREFIX   ?= /usr/local
DESTDIR  ?=

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes \
            -Wformat=2 -Wundef -Wvla -Wno-missing-field-initializers
WERROR   ?= -Werror
CPPFLAGS += -I. -D_GNU_SOURCE -DSKRYTKA_PREFIX='"$(PREFIX)"'
CFLAGS   += -std=c11 -g $(OPT) $(WARNINGS) $(WERROR) -fstack-protector-strong -fPIE -MMD -MP
LDFLAGS  += -pie -Wl,-z,relro,-z,now
ifneq ($(SANITIZE),)
CFLAGS   += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
LDFLAGS  += -fsanitize=$(SANITIZE)
endif

# The rooms (docs/architecture.md). Each is a static library; what a program links shows what it may use.
BASE_SRC     := $(wildcard protocol/base/*.c)
PROTOCOL_SRC := $(wildcard protocol/*.c)
DB_SRC       := $(wildcard db/*.c)
SERVER_SRC   := $(filter-out server/main.c,$(wildcard server/*.c server/*/*.c))
TUI_SRC      := $(filter-out tui/main.c,$(wildcard tui/*.c tui/*/*.c))

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

PROTOCOL_PKG := libuv msgpack gnutls
DB_PKG       := sqlite3 libuv
SERVER_PKG   := libuv sqlite3 msgpack libmicrohttpd libcurl libsodium gnutls jansson inih libmagic
TUI_PKG      := libuv msgpack ncursesw panelw jansson libsodium gnutls

ALL_PKG      := $(sort $(PROTOCOL_PKG) $(DB_PKG) $(SERVER_PKG) $(TUI_PKG))
PKG_CFLAGS   := $(shell pkg-config --cflags $(ALL_PKG) 2>/dev/null | sed 's/-I/-isystem /g')
CPPFLAGS     += $(filter-out -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=600,$(PKG_CFLAGS))
pkg_libs      = $(shell pkg-config --libs $(1))

.PHONY: all
all: $(BUILD)/skrytkad $(BUILD)/skrytka $(BUILD)/locale/x/LC_MESSAGES/skrytka-pl.mo

$(BUILD)/libprotocol.a: $(call objects,$(BASE_SRC) $(PROTOCOL_SRC))
$(BUILD)/libdb.a: $(call objects,$(DB_SRC))
$(BUILD)/libserver.a: $(call objects,$(SERVER_SRC))
$(BUILD)/libtui.a: $(call objects,$(TUI_SRC))

$(BUILD)/lib%.a:
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/skrytkad: $(BUILD)/obj/server/main.o $(BUILD)/libserver.a $(BUILD)/libdb.a $(BUILD)/libprotocol.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call pkg_libs,$(SERVER_PKG)) -pthread

$(BUILD)/skrytka: $(BUILD)/obj/tui/main.o $(BUILD)/libtui.a $(BUILD)/libprotocol.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call pkg_libs,$(TUI_PKG)) -pthread

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/locale/x/LC_MESSAGES/skrytka-pl.mo: po/pl.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(patsubst %.c,$(BUILD)/obj/%.d,$(BASE_SRC) $(PROTOCOL_SRC) $(DB_SRC) $(SERVER_SRC) $(TUI_SRC) server/main.c tui/main.c)
