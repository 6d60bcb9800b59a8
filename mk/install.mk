# SPDX-License-Identifier: AGPL-3.0-or-later
# Installation, the Debian packages, the demo.

# The unit, the man pages and the completion name programs by this path.
BINDIR   = $(PREFIX)/bin
LOCALES  = $(PREFIX)/share/skrytka/locale
MANDIR   = $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
INSTALL_FILE := install -D -m 644

define newline


endef

MAN_PAGES := $(wildcard docs/man/*.[1-8])

# What goes where, in pairs SOURCE=PLACE: install, uninstall and the Debian packages read this list.
INSTALLED  = $(foreach mo,$(CATALOGUES),$(mo)=$(LOCALES)/x/LC_MESSAGES/$(notdir $(mo))) \
             $(foreach page,$(MAN_PAGES),$(page)=$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
             $(BUILD)/skrytkad.service=$(UNITDIR)/skrytkad.service \
             packaging/skrytkad.sysusers=$(PREFIX)/lib/sysusers.d/skrytkad.conf \
             packaging/completion.bash=$(PREFIX)/share/bash-completion/completions/skrytka \
             packaging/skrytkad.conf=$(PREFIX)/share/doc/skrytka/skrytkad.conf

$(BUILD)/skrytkad.service: packaging/skrytkad.service $(BUILD)/stamp/flags
	sed 's|@BINDIR@|$(BINDIR)|' $< >$@

.PHONY: install
install: all $(BUILD)/skrytkad.service ## install under PREFIX (default /usr/local), inside DESTDIR
	install -D -m 755 $(BUILD)/skrytkad $(DESTDIR)$(BINDIR)/skrytkad
	install -D -m 755 $(BUILD)/skrytka $(DESTDIR)$(BINDIR)/skrytka
	$(foreach pair,$(INSTALLED),$(INSTALL_FILE) $(subst =, $(DESTDIR),$(pair))$(newline))

.PHONY: uninstall
uninstall: ## remove what install put there; data and configuration stay
	rm -f $(DESTDIR)$(BINDIR)/skrytkad $(DESTDIR)$(BINDIR)/skrytka \
	    $(foreach pair,$(INSTALLED),$(DESTDIR)$(lastword $(subst =, ,$(pair))))
	rmdir -p $(DESTDIR)$(LOCALES)/x/LC_MESSAGES $(DESTDIR)$(PREFIX)/share/doc/skrytka \
	    2>/dev/null || true

.PHONY: deb
deb: ## make the Debian packages skrytka-server and skrytka-tui in build/deb
	tools/install-packages build deb
	tools/make-deb

.PHONY: demo
demo: ## build, make sample data, start the daemon and open the terminal
	@tools/install-packages build run
	@$(MAKE) $(JOBS) all
	@tools/demo $(BUILD)
