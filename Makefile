# SPDX-License-Identifier: Apache-2.0
# The whole build. `make help` lists what there is; docs/ADDING.md says how to add to it.

O ?= build
V ?= 0
PREFIX ?= /usr/local
UNAME_ARCH := $(shell uname -m)
ARCH ?= $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(UNAME_ARCH)))
ifneq ($(ARCH),x86)
$(error Architecture $(ARCH) is not supported yet: bpf/vmlinux/$(ARCH)/vmlinux.h is missing)
endif

CC ?= cc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n'
MAKEFLAGS += --no-print-directory
endif

.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# ---- what is built from what ------------------------------------------------------------------
GEN := $(O)/gen
HOOKS := $(sort $(wildcard bpf/hooks/*.bpf.c))
HOOK_OBJS := $(HOOKS:bpf/%.bpf.c=$(O)/bpf/%.bpf.o) $(O)/bpf/license.bpf.o
USER_SRCS := $(sort $(wildcard user/*.c user/*/*.c))
USER_OBJS := $(USER_SRCS:%.c=$(O)/%.o)
CORE_OBJS := $(filter-out $(O)/user/main.o,$(USER_OBJS))
UNIT_SRCS := tests/run.c $(sort $(wildcard $(foreach d,user util state decoders enrich indicators sinks,tests/$(d)/*.c)))
UNIT_OBJS := $(UNIT_SRCS:%.c=$(O)/%.o)
ROOT_SRCS := $(sort $(wildcard tests/hooks/*.c tests/e2e/*.c tests/root/*.c))
ROOT_OBJS := $(ROOT_SRCS:%.c=$(O)/%.o)
TRUTH := $(patsubst %.c,$(O)/%,$(wildcard tests/truth/*.c))
FUZZERS := $(patsubst %.c,$(O)/%,$(wildcard tests/fuzz/fuzz_*.c))

LIBS := libbpf libelf libuv libcyaml yaml-0.1 json-c libzstd libcap-ng libseccomp libmnl libcrypto \
	libmaxminddb libpcap sqlite3
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null) -lm

# One sentence in place of a page of compiler errors.
.PHONY: need-libs
need-libs:
	@$(PKG_CONFIG) --exists $(LIBS) 2>/dev/null || { \
	echo "make: libraries are missing; scripts/install-deps.sh build installs them" >&2; exit 1; }

# ---- flags --------------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wundef -Wvla -Wwrite-strings -Wformat=2 -Wcast-align -Wcast-qual -Wpointer-arith \
	-Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wdeclaration-after-statement
ifeq ($(DEV),1)
WARN += -Werror
endif
OPT := $(if $(filter 1,$(DEBUG)),-O0,-O2)
HARDEN := -fstack-protector-strong -fPIE
ifeq ($(SAN),)
HARDEN += $(if $(filter 1,$(DEBUG)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else
OPT := -O1 -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all
endif
CFLAGS ?= -g
BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(OPT) -fno-plt $(WARN) $(HARDEN) -Iinclude -Iuser \
	-isystem $(GEN) -isystem $(O)/bpf $(PKG_CFLAGS) -MD -MP
LDFLAGS += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN))
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-declarations -D__TARGET_ARCH_$(ARCH) -Iinclude -Ibpf -isystem bpf/vmlinux/$(ARCH) \
	-isystem $(GEN) -MD -MP

FUZZ_SECONDS ?= 120
SOAK_SECONDS ?= 1800
CORES := $(shell nproc)
AS_ROOT := $(if $(filter-out 0,$(shell id -u)),sudo)
DOCS := $(wildcard README.md docs/*.md LICENSE LICENSES/*)

include scripts/version.mk
FLAGS_NOW := $(CC) $(BASE_CFLAGS) $(CFLAGS) $(CPPFLAGS) $(CLANG) $(BPF_CFLAGS)

##@ Build
.PHONY: all bpf lists
all: $(O)/nvrwatch ## the program (default)
bpf: $(O)/bpf/nvrwatch.skel.h ## only the BPF object and its skeleton

# Two makes may run beside each other (scripts/test.sh): what is not whole yet is each one's own.
ME := $(shell echo $$PPID)

# The lists follow the folders: made at each run of make, replaced only when they changed.
lists:
	$(Q)scripts/gen-lists.sh $(GEN)
$(GEN)/nw_hooks.h $(GEN)/decoders.inc $(GEN)/indicators.inc $(GEN)/sinks.inc $(GEN)/commands.inc \
$(GEN)/hookdocs.inc $(GEN)/tests.inc $(GEN)/tests-root.inc: lists ;

$(GEN)/pages.inc: docs/indicators.md scripts/gen-pages.sh
	$(Q)mkdir -p $(@D); scripts/gen-pages.sh $< >$@.$(ME) && mv $@.$(ME) $@

# A list of the objects that went in, so that a deleted hook leaves the object too.
$(O)/bpf/hooks.list: lists
	$(Q)mkdir -p $(@D); printf '%s\n' $(HOOK_OBJS) >$@.$(ME); \
	if cmp -s $@.$(ME) $@; then rm $@.$(ME); else mv $@.$(ME) $@; fi
$(O)/user/objects.list: lists
	$(Q)mkdir -p $(@D); printf '%s\n' $(USER_OBJS) >$@.$(ME); \
	if cmp -s $@.$(ME) $@; then rm $@.$(ME); else mv $@.$(ME) $@; fi

# Other flags (DEV=1, SAN=, a new version) are another object.
$(O)/flags: lists
	$(file >$@.$(ME),$(FLAGS_NOW))
	$(Q)if cmp -s $@.$(ME) $@; then rm $@.$(ME); else mv $@.$(ME) $@; fi

$(O)/bpf/%.bpf.o: bpf/%.bpf.c $(O)/flags | $(GEN)/nw_hooks.h
	$(say) BPF $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@
$(O)/bpf/nvrwatch.bpf.o: $(HOOK_OBJS) $(O)/bpf/hooks.list
	$(say) BPFLINK $@
	$(Q)$(BPFTOOL) gen object $@ $(HOOK_OBJS)
$(O)/bpf/nvrwatch.skel.h: $(O)/bpf/nvrwatch.bpf.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name nvrwatch_bpf >$@

$(O)/%.o: %.c $(O)/flags | $(GEN)/nw_hooks.h need-libs
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(CPPFLAGS) $(EXTRA_$(notdir $@)) -c $< -o $@
$(O)/user/load.o $(O)/user/load_run.o: $(O)/bpf/nvrwatch.skel.h
$(O)/user/commands/list.o: $(GEN)/hookdocs.inc
$(O)/user/pages.o: $(GEN)/pages.inc
$(O)/user/registry.o: $(GEN)/decoders.inc $(GEN)/indicators.inc $(GEN)/sinks.inc $(GEN)/commands.inc
$(O)/nvrwatch: $(USER_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(USER_OBJS) $(PKG_LIBS)

##@ Tests
TEST_CFLAGS := -Itests -Werror=unused-function
$(O)/tests/%.o: BASE_CFLAGS += $(TEST_CFLAGS)
$(O)/tests/run.o: $(GEN)/tests.inc
$(O)/tests/run.o: EXTRA_run.o = -DNW_TESTS_LIST='"tests.inc"'
$(O)/tests/run-root.o: tests/run.c $(O)/flags $(GEN)/tests-root.inc
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) -DNW_TESTS_LIST='"tests-root.inc"' -c $< -o $@
$(O)/tests/run: $(UNIT_OBJS) $(CORE_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(UNIT_OBJS) $(CORE_OBJS) $(PKG_LIBS) -lcmocka
$(O)/tests/run-root: $(O)/tests/run-root.o $(ROOT_OBJS) $(CORE_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(O)/tests/run-root.o $(ROOT_OBJS) $(CORE_OBJS) $(PKG_LIBS) -lcmocka
$(O)/tests/truth/%: tests/truth/%.c $(O)/flags
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(LDFLAGS) -MT $@ $< -o $@ -lpthread -luring
$(O)/tests/fuzz/%: $(O)/tests/fuzz/%.o $(CORE_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(CORE_OBJS) $(PKG_LIBS)
include tests/bench/bench.mk

.PHONY: check check-root check-vm check-lab agreement mutants corpus soak test fuzz fuzz-bins bench test-bins root-bins
test-bins: $(O)/tests/run
root-bins: $(O)/nvrwatch $(O)/tests/run-root $(TRUTH)
check: check-mirror test-bins ## unit tests, no root; T=name picks one; SAN=address,undefined O=dir
	$(Q)scripts/check.sh $(O)/tests/run $(T)
check-root: root-bins ## tests of hooks and of the whole program on this kernel, as root; T=name
	$(Q)$(AS_ROOT) $(O)/tests/run-root $(T)
check-vm: root-bins ## the same binaries on every supported kernel, in VMs; KERNELS="5.10 6.1"
	$(Q)O=$(O) scripts/check-vm.sh
fuzz: fuzz-bins ## all fuzz targets, FUZZ_SECONDS=120 together
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz.sh $(O)/fuzz
bench: all bench-bins bench-decoders ## what it costs and loses, beside others, and each decoder; about 25 minutes, as root
	$(Q)$(AS_ROOT) tests/bench/bench.py --nvrwatch $(O)/nvrwatch --out $(O)/bench
check-lab: all ## the whole program on a recording server of network namespaces, as root
	$(Q)scripts/install-deps.sh lab
	$(Q)resolvers=$$(scripts/resolvers.sh) && \
		$(AS_ROOT) env NW_BIN=$(O)/nvrwatch NW_RESOLVERS="$$resolvers" tests/lab/test_lab.py
agreement: all ## do the decoders read what tshark reads? over published captures, no root
	$(Q)scripts/install-deps.sh agreement
	$(Q)tests/agreement/agreement.py $(O)/nvrwatch --out $(O)/agreement.md
corpus: all ## how good the indicators are: replays labelled recordings, no root
	$(Q)tests/corpus/corpus.py $(O)/nvrwatch
mutants: ## switches off one hook or counter at a time: a test must fail; MUTANTS='sock_*', as root
	$(Q)$(AS_ROOT) tests/mutants/mutants.py $(O)/mutants $(if $(MUTANTS),'$(MUTANTS)')
soak: all ## its days, compressed: nothing grows, nothing is lost, no drift; SOAK_SECONDS=1800
	$(Q)scripts/install-deps.sh lab
	$(Q)$(AS_ROOT) env NW_BIN=$(O)/nvrwatch tests/lab/soak.py $(SOAK_SECONDS)
test: ## everything: what CI runs; installs what is missing
	$(Q)O=$(O) FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/test.sh

# Fuzzers are built by clang into a folder of their own, with all that they call.
fuzz-bins:
	$(Q)$(MAKE) O=$(O)/fuzz CC='$(CLANG)' SAN=address,undefined \
		CFLAGS='-g -fsanitize=fuzzer-no-link' fuzz-link
.PHONY: fuzz-link
fuzz-link: $(FUZZERS)

##@ Order
CLANG_FORMAT ?= clang-format
CLANG_TIDY ?= clang-tidy
FORMATTED = $(shell git ls-files -co --exclude-standard '*.c' '*.h' | grep -v '^bpf/vmlinux/')
TIDY := $(USER_SRCS:%.c=$(O)/lint/%.tidy)
.PHONY: lint format format-check tidy shellcheck spdx check-layers check-mirror check-docs check-events check-size
lint: all ## every check below, each counted
	$(Q)O=$(O) scripts/lint.sh
format: ## clang-format in place
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)
format-check:
	$(Q)$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED)
tidy: $(TIDY) ## clang-tidy over user/; what did not change is not read again
shellcheck:
	$(Q)shellcheck $$(git ls-files -co --exclude-standard | xargs grep -lE '^#!/bin/(ba)?sh')
spdx check-layers check-mirror check-size: ## who includes whom; each thing has its test and its line
	$(Q)scripts/checks.sh $@
check-events: $(O)/tests/run ## every field that is written is in docs/events.md, with its type
	$(Q)scripts/check-events.py $<
check-docs: $(O)/nvrwatch ## the tables in docs/ say what `nvrwatch list` says
	$(Q)scripts/check-docs.sh $<
# The object stands for all headers: it is made again when one of them changed.
$(O)/lint/%.tidy: %.c $(O)/%.o .clang-tidy
	$(say) TIDY $<
	$(Q)mkdir -p $(@D)
	$(Q)CLANG_TIDY=$(CLANG_TIDY) scripts/tidy.sh $< $(O)/$*.d $(filter-out -MD -MP,$(BASE_CFLAGS))
	$(Q)touch $@

##@ Use
.PHONY: run lab clean-lab install uninstall clean distclean dist new-hook new-decoder new-indicator new-sink help
run: ## install what is missing, build, and show live who talks to whom; ARGS="-o json" and so on
	$(Q)scripts/install-deps.sh build
	$(Q)$(MAKE) -j$(CORES) all
	$(Q)$(AS_ROOT) $(O)/nvrwatch trace $(ARGS)
lab: ## a recording server with cameras, an office and an outside here, and `trace` on it
	$(Q)scripts/install-deps.sh build lab
	$(Q)$(MAKE) -j$(CORES) all
	$(Q)$(AS_ROOT) tests/lab/lab show $(O)/nvrwatch
clean-lab: ## ends every lab, and removes what a crash left of one
	$(Q)$(AS_ROOT) tests/lab/lab clean
install: all ## into DESTDIR and PREFIX=/usr/local
	install -D -m 755 $(O)/nvrwatch $(DESTDIR)$(PREFIX)/sbin/nvrwatch
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/nvrwatch data/oui.tsv
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/nvrwatch/catalogue data/catalogue/*.yaml
	install -d $(DESTDIR)$(PREFIX)/share/doc/nvrwatch
	install -m 644 $(DOCS) $(DESTDIR)$(PREFIX)/share/doc/nvrwatch
uninstall: ## what install put there
	rm -f $(DESTDIR)$(PREFIX)/sbin/nvrwatch
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/nvrwatch $(DESTDIR)$(PREFIX)/share/nvrwatch
dist: ## source tarball of the last commit
	$(Q)mkdir -p $(O)
	git archive --prefix=nvrwatch-$(VERSION)/ -o $(O)/nvrwatch-$(VERSION).tar.gz HEAD
new-hook new-decoder new-indicator new-sink: ## NAME=x DOC="one line": file, test and doc line
	$(Q)scripts/new.sh $(@:new-%=%) '$(subst ','\'',$(NAME))' '$(subst ','\'',$(DOC))'
compile_commands.json: $(MAKEFILE_LIST) ## for editors
	$(Q)printf '{"directory":"$(CURDIR)","file":"%s","command":"$(subst ',,$(subst ",\\\\\\",\
	$(CC) $(BASE_CFLAGS) $(TEST_CFLAGS))) -c %s"}\n' $(foreach f,$(USER_SRCS) $(UNIT_SRCS) \
	$(ROOT_SRCS),$(f) $(f)) | sed '1s/^/[/; $$!s/$$/,/; $$s/$$/]/' >$@
clean: ## the build folder
	rm -rf -- $(O)
distclean: clean ## also what make wrote beside it
	rm -f compile_commands.json
help: ## this list
	$(Q)awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z][a-z_ .-]*:.*## / { printf "  %-28s %s\n", $$1, $$2 }' Makefile
	@echo; echo "Variables: O=build V=1 DEV=1 DEBUG=1 SAN=address,undefined T=test KERNELS= CC= CLANG="

-include $(shell find $(O) \( -path $(O)/asan -o -path $(O)/fuzz \) -prune -o -name '*.d' -print 2>/dev/null)
