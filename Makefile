# One makefile, no recursion. GNU make; `make help` lists the targets.
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
VARIANT ?= release
CC      ?= cc
CFLAGS  ?= -O2 -g
JOBS    ?= $(shell nproc)

NAMES := watchdog bandit perfcheck seocheck i18ncheck
TOOLS := $(foreach t,$(NAMES),$(if $(wildcard $(t)/main.c),$(t)))

# What every tool links, then what each adds. A tool links nothing it does not use.
PKGS_common    := jansson libseccomp
PKGS_watchdog  := libpcre2-8 gsl zlib
PKGS_report    := libpcre2-8
PKGS_notify    := libcurl libpcre2-8
PKGS_bandit    := libpcre2-8 gsl zlib
PKGS_perfcheck := libcurl libpcre2-8 gsl zlib
PKGS_seocheck  := libcurl libxml-2.0 libpcre2-8 zlib
PKGS_i18ncheck := libxml-2.0 libpcre2-8 yaml-0.1
# Engines (shared/engines/): what rounds-TOOL-engine links beside the tool's. libpq where it is installed.
PKGS_engine    := libcurl libpcre2-8 gsl zlib $(shell pkg-config --exists libpq && echo libpq)
PKGS_shared    := libpcre2-8 zlib $(sort $(foreach t,$(TOOLS),$(PKGS_$(t))))

B    := build/$(VARIANT)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wformat=2 \
        -Wmissing-prototypes -Wold-style-definition -Wstrict-prototypes -Wundef -Wvla \
        -Wwrite-strings
STD  := -std=c17 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -I.
INC  := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS_common) $(PKGS_shared) $(PKGS_engine) 2>/dev/null))
SAN  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_release := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE
FLAGS_asan    := $(SAN)
FLAGS_fuzz    := $(SAN) -fsanitize=fuzzer-no-link
FLAGS_cov     := --coverage -O0 -DCOVERAGE_FOLDER=\"$(CURDIR)/$(B)\"
FLAGS_analyze  = -fanalyzer $(QUIET_$*)
# What gcc 12 takes for a fault: iconv_open's -1 for a handle; the rest of an initialised struct for unset.
QUIET_seocheck/charset       := -Wno-analyzer-malloc-leak
QUIET_perfcheck/judge_timing := -Wno-analyzer-use-of-uninitialized-value
LINK_cov      := -Wl,--wrap=_exit,--wrap=execv,--wrap=execve,--wrap=raise
LINK_release  := -pie -Wl,-z,relro,-z,now
ALL_CFLAGS     = $(STD) $(INC) $(WARN) $(CFLAGS) $(FLAGS_$(VARIANT)) -ffile-prefix-map=$(CURDIR)=.
ALL_LDFLAGS    = -Wl,--as-needed $(LINK_$(VARIANT)) $(LDFLAGS)

objs  = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c)) $(DATA_$(1))
progs = $(patsubst %.c,$(B)/%,$(wildcard $(1)/*.c))
core  = $(filter-out %/main.o,$(call objs,$(1)))
pkgs  = $(PKGS_common) $(PKGS_$(1))

# What is linked besides the sources of a folder: texts and tables, built in.
DATA_shared   := $(patsubst %,$(B)/shared/%.o,rounds.schema.json bots.txt report.css)
DATA_seocheck := $(patsubst %,$(B)/seocheck/%.o,rich-results.json vocabulary/tables)

# `make V=1` shows the commands themselves.
Q   = $(if $(V),,@)
say = @mkdir -p $(@D); $(if $(V),,printf '  %-3s %s\n' $(1) $(@:$(B)/%=%))

LIB    := $(B)/shared/librounds.a
FETCH  := $(call objs,perfcheck/fetch)
ENGINE := $(call objs,shared/engines)
ifeq ($(filter libpq,$(PKGS_engine)),)
ENGINE := $(filter-out %/postgres.o,$(ENGINE)) $(B)/shared/engines/without/postgres.o
endif
BINS   := $(patsubst %,$(B)/bin/rounds-%-engine,$(filter watchdog bandit,$(TOOLS))) $(if $(filter perfcheck,$(TOOLS)),$(B)/bin/rounds-perfcheck-fetch) $(patsubst %,$(B)/bin/rounds-%,$(TOOLS) $(patsubst shared/%_main.c,%,$(wildcard shared/*_main.c)))
UNITS  := $(call progs,tests/unit)
SIMS   := $(call progs,tests/sim)
FUZZ   := $(call progs,tests/fuzz)
BENCH  := $(call progs,tests/bench)
FAULTS := $(patsubst %.c,$(B)/%.so,$(wildcard tests/fault/*.c))
SCRIPT := $(wildcard tests/fault/*.t tests/*.t)
SH     := $(wildcard *.sh examples/*.sh shared/*.sh $(TOOLS:=/*.sh) tests/*.sh tests/*/*.sh .ci/run) $(SCRIPT)
MAN    := $(wildcard $(TOOLS:=/*.1) shared/*.1)
C      := $(wildcard $(TOOLS:=/*.[ch]) perfcheck/fetch/*.[ch] shared/*.[ch] shared/engines/*.[ch] shared/engines/*/*.[ch] tests/*/*.[ch] examples/*/*.c)
SHOP   := $(patsubst %.c,$(B)/%,$(wildcard examples/*/generate.c))

all: $(BINS) ## build the tools into build/release/bin

define LINK
$(call say,LD)
$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
  $(shell pkg-config --libs $(call pkgs,$(1))) -lm $(2)
endef

# Texts built in as they are.
EMBED := $(filter %.json.o %.txt.o %.css.o,$(DATA_shared) $(DATA_seocheck))
$(filter-out %schema.json.o,$(EMBED)): $(B)/%.o: %
	$(call say,BIN)
	$(Q)$(LD) -r -b binary -z noexecstack -o $@ $<
# The schema without its words, which are for editors: jansson reads it at each start of each program.
$(B)/shared/rounds.schema.json.o: shared/rounds.schema.json
	$(call say,BIN)
	$(Q)mkdir -p $(B)/terse/shared && sed '/^ *"description": ".*",$$/d; s/^ *//' $< >$(B)/terse/$<
	$(Q)cd $(B)/terse && $(LD) -r -b binary -z noexecstack -o $(CURDIR)/$@ $<

# Arrays made of tables.
$(B)/seocheck/vocabulary/tables.c: seocheck/vocabulary/arrays.awk $(wildcard seocheck/vocabulary/*.tsv)
	$(call say,AWK)
	$(Q)LC_ALL=C awk -f $^ >$@

$(LIB): $(filter-out %_main.o,$(call objs,shared))
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

define tool_rules
$(B)/bin/rounds-$(1): $(call objs,$(1)) $(LIB)
	$$(call LINK,$(1))
$(foreach d,unit sim fuzz bench,$(filter $(B)/tests/$(d)/$(1)_%,$(UNITS) $(SIMS) $(FUZZ) $(BENCH))): $(call core,$(1))
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rules,$(t))))

# Programs of shared/ beside the tools. Each further one gets its rule here; shared/*_main.c stays out of $(LIB).
$(B)/bin/rounds-report: $(B)/shared/report_main.o $(LIB)
	$(call LINK,report)
$(B)/bin/rounds-statediff $(B)/bin/rounds-statemerge: $(B)/bin/rounds-%: $(B)/shared/%_main.o $(LIB)
	$(call LINK,report)
$(B)/bin/rounds-notify: $(B)/shared/notify_main.o $(LIB)
	$(call LINK,notify)
# libc alone.
$(B)/bin/rounds-supervise: $(B)/shared/supervise_main.o $(B)/shared/job.o
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^
# The one part of perfcheck with a network: with libcurl in it `score` would need half as much memory again.
$(B)/bin/rounds-perfcheck-fetch: $(FETCH) $(call core,perfcheck) $(LIB)
	$(call LINK,perfcheck)
$(filter $(B)/tests/%/perfcheck_fetch $(B)/tests/%/perfcheck_psi $(B)/tests/%/perfcheck_crux,$(UNITS) $(FUZZ)): $(filter-out %/main.o,$(FETCH))

# The same of sources that are databases: libcurl costs 6.2 MB of memory and 4 ms at every start, libpq 5.5 MB.
define engine_rules
$(B)/bin/rounds-$(1)-engine: $(call objs,$(1)) $(ENGINE) $(LIB)
	$$(call LINK,engine)
endef
$(foreach t,$(filter watchdog bandit,$(TOOLS)),$(eval $(call engine_rules,$(t))))
$(filter $(B)/tests/unit/engine_% $(B)/tests/fuzz/engine_%,$(UNITS) $(FUZZ)): $(ENGINE)

# tests/{unit,sim,fuzz,bench}/<tool>_<part>.c link that tool less its main.o; shared_<part>.c link librounds.
owner   = $(firstword $(subst _, ,$(notdir $(1))))
SUPPORT = $(filter-out %/replay.o,$(call objs,tests/lib))
$(UNITS): %: %.o $(SUPPORT) $(LIB)
	$(call LINK,$(call owner,$@),-lcmocka)
$(SIMS): %: %.o $(SUPPORT) $(LIB)
	$(call LINK,$(call owner,$@))
ifeq ($(VARIANT),fuzz)
$(FUZZ): %: %.o $(LIB)
	$(call LINK,$(call owner,$@),-fsanitize=fuzzer)
else
$(FUZZ): %: %.o $(B)/tests/lib/replay.o $(LIB)
	$(call LINK,$(call owner,$@))
endif
ifeq ($(VARIANT),cov)
$(BINS) $(UNITS) $(SIMS) $(FUZZ): $(B)/tests/coverage/exit.o
endif
# What made the example's history; a test holds the committed files to it.
$(SHOP): %: %.o
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lz -lm
$(BENCH): %: %.o $(LIB)
	$(call LINK,$(or $(filter $(TOOLS),$(call owner,$@)),shared))
$(FAULTS): $(B)/%.so: %.c $(B)/.flags
	$(call say,SO)
	$(Q)$(CC) $(STD) $(WARN) -O1 -g -shared -fPIC -o $@ $<

define COMPILE
$(call say,CC)
$(Q)$(CC) $(ALL_CFLAGS) $(if $(WERROR),-Werror) -MMD -MP $(CPPFLAGS) -c -o $@ $<
endef
$(B)/%.o: %.c $(B)/.flags
	$(COMPILE)
$(B)/%.o: $(B)/%.c $(B)/.flags
	$(COMPILE)

# Objects are rebuilt when the compiler or a flag changes; a missing library is one clear line.
STAMP    = $(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(ALL_LDFLAGS)
MISSING  = $(shell for p in $(PKGS_common) $(PKGS_shared); do pkg-config --exists $$p || echo $$p; done)
$(B)/.flags: FORCE
	@missing="$(strip $(MISSING))"; [ -z "$$missing" ] || \
	  { echo "missing: $$missing (shared/deps.sh run installs what is absent)" >&2; exit 1; }
	@mkdir -p $(@D); echo '$(STAMP)' | cmp -s - $@ || echo '$(STAMP)' >$@

TEST_ENV = BIN=$(CURDIR)/$(B)/bin VARIANT=$(VARIANT) FAULTS=$(CURDIR)/$(B)/tests/fault \
           CMOCKA_MESSAGE_OUTPUT=TAP ASAN_OPTIONS=exitcode=99 \
           UBSAN_OPTIONS=exitcode=99:print_stacktrace=1

check: $(BINS) $(UNITS) $(SIMS) $(FUZZ) $(FAULTS) $(SHOP) ## every test (PROVEFLAGS=-v, UPDATE=1 rewrites golden)
	@$(TEST_ENV) prove -j$(JOBS) --merge $(PROVEFLAGS) $(UNITS) $(SIMS) $(FUZZ) $(SCRIPT)

# What waits for servers, browsers and git more than it runs our code, what injects faults, and what only reckons, is
# left to `check`.
NOT_ASAN := $(filter-out %/corrupt.t,$(wildcard tests/fault/*.t)) $(addprefix tests/,valgrind.t static.t deploy.t sarif.t report_html.t push.t \
            engines.t engines_refused.t install.t perfcheck_collect.t replay.t docs.t examples.t)
asan: ## the same under AddressSanitizer and UBSan, less what gains nothing by it
	@$(MAKE) VARIANT=asan CFLAGS='-O1 -g' SIMS= SCRIPT='$(filter-out $(NOT_ASAN),$(SCRIPT))' check

coverage: ## branches that the tests take, by gcov, as a table (EACH=1: every file)
	@[ ! -d build/cov ] || find build/cov -name '*.gcda' -delete
	@$(MAKE) VARIANT=cov CFLAGS=-g check || failed=1; tests/coverage/run.sh build/cov && [ -z "$$failed" ]

valgrind: $(BINS) ## every golden run under valgrind (half an hour; `check` runs a sample)
	@$(TEST_ENV) CASE='*' JOBS=$(JOBS) tests/valgrind.t

fault: $(BINS) $(FAULTS) ## every fault at every point, and the table of docs/reliability.md (an hour; `check` samples)
	@FAULT=full $(TEST_ENV) tests/fault/table.sh

sim: $(SIMS) ## the full simulations behind docs/method.md (minutes; `check` runs a small part)
	@for s in $(SIMS); do SIM=full $$s || exit 1; done

fuzz: ## fuzz each parser for FUZZTIME seconds (10), from its corpus; FUZZSEED=0: another way each time
	@$(MAKE) VARIANT=fuzz CC=clang CFLAGS='-O1 -g' fuzz-run
fuzz-run: $(FUZZ)
	@printf '%s\n' $(notdir $(FUZZ)) | xargs -P $(JOBS) -I{} tests/fuzz/run.sh $(B)/tests/fuzz {} \
	  -max_total_time=$(or $(FUZZTIME),10) -seed=$(or $(FUZZSEED),1)

bench: $(BINS) $(BENCH) ## ratios against named peers, as a table
	@$(TEST_ENV) BENCH=$(CURDIR)/$(B)/tests/bench tests/bench/run.sh

analyze: ## gcc's analyzer over every program, a finding is an error (a part of `lint`)
	@$(MAKE) VARIANT=analyze CFLAGS=-O2 WERROR=1 analyze-run
analyze-run: $(patsubst %.c,$(B)/%.o,$(filter-out tests/% examples/%,$(filter %.c,$(C))))

# Paths are walked (clang-analyzer, gcc's) in programs alone: of tests the sanitizers run every line.
lint: analyze ## format, static analysis, sizes, shell, manual pages
	clang-format --dry-run -Werror $(C)
	printf '%s\n' $(filter-out tests/%,$(filter %.c,$(C))) | \
	  xargs -P $(JOBS) -I{} clang-tidy --quiet {} -- $(STD) $(INC)
	printf '%s\n' $(filter-out tests/fault/%,$(filter tests/%.c,$(C))) | \
	  xargs -P $(JOBS) -I{} clang-tidy --quiet '--checks=-clang-analyzer-*' {} -- $(STD) $(INC)
	cppcheck -j$(JOBS) --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr -I. $(filter %.c,$(C))
	shellcheck $(SH)
	@for f in $(C); do case $$f in */main.c) most=150 ;; *) most=800 ;; esac; n=$$(wc -l <$$f); \
	  [ $$n -le $$most ] || { echo "$$f: $$n lines, at most $$most"; bad=1; }; done; [ -z "$$bad" ]
	@for m in $(MAN); do groff -mdoc -Tutf8 -ww -z $$m 2>&1; done | (! grep .)

fmt: ## rewrite sources in the house style
	clang-format -i $(C)

install: all ## into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(BINS) $(DESTDIR)$(BINDIR)
	install -m 755 perfcheck/collect-lighthouse.sh $(DESTDIR)$(BINDIR)/rounds-collect-lighthouse
	install -m 755 run-all.sh $(DESTDIR)$(BINDIR)/rounds-run-all
	install -m 755 shared/publish.sh $(DESTDIR)$(BINDIR)/rounds-publish
	$(if $(MAN),install -m 644 $(MAN) $(DESTDIR)$(MANDIR)/man1)

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR)$(BINDIR)/,$(notdir $(BINS)) rounds-collect-lighthouse rounds-run-all rounds-publish)
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man1/,$(notdir $(MAN)))

clean: ## remove build/
	rm -rf build

help: ## list targets
	@awk -F': .*## |:.*## ' '/^[a-z]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: all check asan fault sim fuzz fuzz-run coverage valgrind analyze analyze-run bench lint fmt install uninstall clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
