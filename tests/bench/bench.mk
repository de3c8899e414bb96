# SPDX-License-Identifier: Apache-2.0
# What the bench needs built, included by the Makefile; alone: make -f tests/bench/bench.mk O=dir.
O ?= build
CC ?= cc
CLANG ?= clang
BENCH_DIR := $(O)/tests/bench
BENCH_BINS := $(patsubst tests/bench/%.c,$(BENCH_DIR)/%,$(wildcard tests/bench/load_*.c)) \
	$(BENCH_DIR)/tiny $(BENCH_DIR)/empty $(BENCH_DIR)/empty.bpf.o
BENCH_CC = $(CC) -std=gnu11 -D_GNU_SOURCE -O2 -pthread $(WARN)

.PHONY: bench-bins
bench-bins: $(BENCH_BINS)

$(BENCH_DIR)/load_%: tests/bench/load_%.c tests/bench/load.h
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) $< -o $@
$(BENCH_DIR)/tiny: tests/bench/tiny.c
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) -static $< -o $@
$(BENCH_DIR)/empty: tests/bench/empty.c
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) $< -o $@ -lbpf
$(BENCH_DIR)/empty.bpf.o: tests/bench/empty.bpf.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror \
		-I/usr/include/$(shell uname -m)-linux-gnu -c $< -o $@

# What indicators and decoders cost, on the corpus, on seeds and at scale: no root, about a minute each.
$(BENCH_DIR)/indicators $(BENCH_DIR)/decoders: $(BENCH_DIR)/%: $(O)/tests/bench/%.o $(CORE_OBJS) \
	$(O)/user/objects.list
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(CORE_OBJS) $(PKG_LIBS) -lcmocka
.PHONY: bench-indicators bench-decoders
bench-indicators: $(BENCH_DIR)/indicators
	$(Q)$< -r 3 $(wildcard tests/corpus/cases/*.nwr)
	$(Q)$< -s 120 10000 200 20
bench-decoders: $(BENCH_DIR)/decoders
	$(Q)$< -r 11 $(wildcard tests/fuzz/corpus/fuzz_decoders/*)
	$(Q)$< -m 100000 10000 48
