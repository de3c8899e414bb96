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
UNIT_SRCS := tests/run.c $(sort $(wildcard $(foreach d,user util state decoders indicators sinks,tests/$(d)/*.c)))
UNIT_OBJS := $(UNIT_SRCS:%.c=$(O)/%.o)
ROOT_SRCS := $(sort $(wildcard tests/hooks/*.c tests/e2e/*.c tests/root/*.c))
ROOT_OBJS := $(ROOT_SRCS:%.c=$(O)/%.o)
TRUTH := $(patsubst %.c,$(O)/%,$(wildcard tests/truth/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH := $(patsubst tests/bench/%.c,$(O)/tests/bench/%,$(wildcard tests/bench/load_*.c))

LIBS := libbpf libelf libuv libcyaml yaml-0.1 json-c libzstd libcap-ng libseccomp libcrypto
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null)

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
BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(OPT) $(WARN) $(HARDEN) -Iinclude -Iuser -isystem $(GEN) \
	-isystem $(O)/bpf $(PKG_CFLAGS) -MD -MP
LDFLAGS += -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN))
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-declarations -D__TARGET_ARCH_$(ARCH) -Iinclude -Ibpf -isystem bpf/vmlinux/$(ARCH) \
	-isystem $(GEN) -MD -MP

include scripts/version.mk

##@ Build
.PHONY: all bpf lists
all: $(O)/nvrwatch ## the program (default)
bpf: $(O)/bpf/nvrwatch.skel.h ## only the BPF object and its skeleton

# The lists follow the folders: made at each run of make, replaced only when they changed.
lists:
	$(Q)scripts/gen-lists.sh $(GEN)
$(GEN)/nw_hooks.h $(GEN)/decoders.inc $(GEN)/indicators.inc $(GEN)/sinks.inc $(GEN)/commands.inc \
$(GEN)/hookdocs.inc $(GEN)/tests.inc $(GEN)/tests-root.inc: lists ;

# A list of the objects that went in, so that a deleted hook leaves the object too.
$(O)/bpf/hooks.list: lists
	$(Q)mkdir -p $(@D); printf '%s\n' $(HOOK_OBJS) >$@.new; \
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(O)/user/objects.list: lists
	$(Q)mkdir -p $(@D); printf '%s\n' $(USER_OBJS) >$@.new; \
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(O)/bpf/%.bpf.o: bpf/%.bpf.c $(GEN)/nw_hooks.h
	$(say) BPF $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@
$(O)/bpf/nvrwatch.bpf.o: $(HOOK_OBJS) $(O)/bpf/hooks.list
	$(say) BPFLINK $@
	$(Q)$(BPFTOOL) gen object $@ $(HOOK_OBJS)
$(O)/bpf/nvrwatch.skel.h: $(O)/bpf/nvrwatch.bpf.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name nvrwatch_bpf >$@

$(O)/%.o: %.c $(GEN)/nw_hooks.h
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(CPPFLAGS) $(EXTRA_$(notdir $@)) -c $< -o $@
$(O)/user/load.o $(O)/user/host.o: $(O)/bpf/nvrwatch.skel.h
$(O)/user/commands/list.o: $(GEN)/hookdocs.inc
$(O)/user/registry.o: $(GEN)/decoders.inc $(GEN)/indicators.inc $(GEN)/sinks.inc $(GEN)/commands.inc
$(O)/nvrwatch: $(USER_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(USER_OBJS) $(PKG_LIBS)

##@ Tests
TEST_CFLAGS := -Itests -Werror=unused-function
$(O)/tests/%.o: BASE_CFLAGS += $(TEST_CFLAGS)
$(O)/tests/run.o: $(GEN)/tests.inc
$(O)/tests/run.o: EXTRA_run.o = -DNW_TESTS_LIST='"tests.inc"'
$(O)/tests/run-root.o: tests/run.c $(GEN)/tests-root.inc
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) -DNW_TESTS_LIST='"tests-root.inc"' -c $< -o $@
$(O)/tests/run: $(UNIT_OBJS) $(CORE_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(UNIT_OBJS) $(CORE_OBJS) $(PKG_LIBS) -lcmocka
$(O)/tests/run-root: $(O)/tests/run-root.o $(ROOT_OBJS) $(CORE_OBJS) $(O)/user/objects.list
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $(O)/tests/run-root.o $(ROOT_OBJS) $(CORE_OBJS) $(PKG_LIBS) -lcmocka
$(O)/tests/truth/%: tests/truth/%.c
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(LDFLAGS) $< -o $@ -lpthread -luring
$(O)/tests/bench/%: tests/bench/%.c
	$(say) CC $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(LDFLAGS) $< -o $@ -lpthread

-include $(shell find $(O) -name '*.d' 2>/dev/null)
