# SPDX-License-Identifier: AGPL-3.0-or-later
# Everything that reads the code without running it. Each check-X can be called by itself; each says
# file:line and what to do.

ours       = $(sort $(shell find protocol db server tui tests tools -name '$(1)'))
C_FILES   := $(call ours,*.c)
H_FILES   := $(call ours,*.h)
SCRIPTS    = $(shell grep -lE '^\#!.*(sh|bash)$$' .ci/run tools/*)
# What the analysers read: our programs, not the tests.
ANALYSED  := $(filter-out tests/%,$(C_FILES))

CHECKS    := format gcc clang tidy cppcheck layers style headers docs i18n scripts unit man

.PHONY: check $(CHECKS:%=check-%)
check: ## formats, warnings of two compilers, analysers, layers, docs, translations
	tools/install-packages build test check
	$(MAKE) $(JOBS) --keep-going --output-sync=target $(CHECKS:%=check-%)

# A table (*.def.h) is laid out by hand.
FORMATTED  = $(C_FILES) $(filter-out %.def.h,$(H_FILES))

check-format:
	@! clang-format --dry-run $(FORMATTED) 2>&1 | \
	    sed -n 's/: warning: code should be clang-formatted.*/: run make format/p' | grep .

.PHONY: format
format: ## lay out every C file as .clang-format says
	clang-format -i $(FORMATTED)

EVERYTHING = all test-programs benches $(TOOL_SRC:%.c=$(BUILD)/%)

.PHONY: everything
everything: $(EVERYTHING)

check-gcc:
	@$(MAKE) everything

check-clang:
	@$(MAKE) BUILD=build/clang CC=clang everything

# An object is younger than all it includes, so a file is read again only when that changed.
# How the analyser came to its opinion is shown by `make check-tidy V=1`.
check-tidy: $(ANALYSED:%.c=$(BUILD)/check/%.tidy)

$(BUILD)/check/%.tidy: %.c $(BUILD)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY)clang-tidy --quiet $< -- $(CPPFLAGS) -std=c11 >$@.log 2>&1 || \
	    { $(if $(V),cat,grep -E ': (warning|error): ') $@.log; exit 1; }
	@touch $@

# literalWithCharPtrCompare: macros over a table ask of each row whether its text is NULL.
# unknownMacro: it reads headers also as if the schema's macros were not there.
check-cppcheck:
	@mkdir -p $(BUILD)/check/cppcheck
	@cppcheck --quiet -j2 --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --suppress=literalWithCharPtrCompare \
	    --suppress=unknownMacro --error-exitcode=1 --template=gcc -I. \
	    --cppcheck-build-dir=$(BUILD)/check/cppcheck $(ANALYSED)

check-layers:
	@tools/check-layers tools/layers.txt $(C_FILES) $(H_FILES)

check-style:
	@tools/check-style $(C_FILES) $(H_FILES)

# A table is meant to be read inside something.
check-headers:
	@status=0; for header in $(filter-out %.def.h,$(H_FILES)); do \
	    echo "#include \"$$header\"" | \
	    $(CC) $(CPPFLAGS) -std=c11 $(WARNINGS) -Werror -fsyntax-only -x c - || \
	    { echo "$$header:1: does not compile alone: include what it uses"; status=1; }; \
	done; exit $$status

check-scripts:
	@shellcheck --severity=warning $(SCRIPTS)

# A generated page has each option's help as one line.
check-man:
	@! mandoc -T lint -W warning docs/man/* | grep -v 'new sentence, new line'

# The service may do little; 1.5 of 10 is what systemd calls nearly nothing.
check-unit: $(BUILD)/skrytkad.service
	@report=$$(systemd-analyze security --offline=true --threshold=15 $< 2>&1) || \
	    { echo "packaging/skrytkad.service:1: too much is allowed:"; echo "$$report"; exit 1; }

# A generated page docs/X.md is what the program tools/X-doc.c prints.
GENERATED_DOCS := $(patsubst tools/%-doc.c,docs/%.md,$(wildcard tools/*-doc.c))

docs/%.md: $(BUILD)/tools/%-doc
	$(call say,DOC)$< >$@.new && mv $@.new $@

# Its manual page comes from the same program.
CONFIG_MAN := docs/man/skrytkad.conf.5

$(CONFIG_MAN): $(BUILD)/tools/config-doc
	$(call say,DOC)$< man >$@.new && mv $@.new $@

.PHONY: docs
docs: $(GENERATED_DOCS) $(CONFIG_MAN) ## write the generated pages of docs/ anew

check-docs: $(GENERATED_DOCS:docs/%.md=$(BUILD)/tools/%-doc)
	@status=0; for program in $^; do \
	    page=docs/$$(basename $$program -doc).md; \
	    $$program | diff -u --label "$$page (committed)" --label "$$page (now)" $$page - || \
	    { echo "$$page:1: is stale. Run: make docs"; status=1; }; \
	done; \
	$(BUILD)/tools/config-doc man | diff -u $(CONFIG_MAN) - || \
	    { echo "$(CONFIG_MAN):1: is stale. Run: make docs"; status=1; }; \
	exit $$status

.PHONY: i18n-update
i18n-update: ## bring new texts of the sources into po/*.po
	tools/i18n update

check-i18n:
	@tools/i18n check

# Not part of `make check`: the checkers come from npm.
.PHONY: check-pages
check-pages: ## the pages by axe-core (WCAG 2.2 AA) and the W3C's HTML checker, from npm
	tools/install-packages build test pages
	npm install --prefix build/npm --ignore-scripts --no-audit --no-fund axe-core@4 vnu-jar
	$(ASAN) all
	SKRYTKA_BUILD=build/asan PYTHONPATH=tests /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	    tests/web/check_pages.py
