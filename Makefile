# make [CONFIG=release|debug|asan|ubsan|tsan|fuzz|cov] [CC=clang] TARGET      (make help lists the targets)
MAKEFLAGS += -r
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
-include config.mk

VERSION := 0.1.0
CONFIG  ?= release
CC      := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
PREFIX  ?= /usr/local
O       := build/$(CONFIG)

# scripts/bootstrap has nothing to do, and needs no network, when every package is there.
ifeq ($(filter clean help format uninstall,$(MAKECMDGOALS)),)
  BOOTSTRAP := $(shell scripts/bootstrap >&2 && echo ok)
  ifneq ($(BOOTSTRAP),ok)
    $(error scripts/bootstrap failed: the packages it names are needed)
  endif
endif

# make V=1 shows whole commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $1 $@)

PACKAGES := gdal proj libtiff-4 jansson inih libcrypto libarchive libcurl zlib libdeflate gdlib libpq
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

CFLAGS_release := -O3 -g1 -D_FORTIFY_SOURCE=2
CFLAGS_debug   := -O0 -g
# What the compiler can prove changes under sanitizers: there its warnings do not fail.  Their reports name lines, for which -g1 does.
CFLAGS_asan    := -Wno-error -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_ubsan   := -Wno-error -O1 -g1 -fsanitize=undefined -fno-sanitize-recover=all
CFLAGS_tsan    := -Wno-error -O1 -g1 -fsanitize=thread
CFLAGS_fuzz    := -Wno-error -Wno-bitwise-conditional-parentheses -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CFLAGS_cov     := -O0 -g --coverage
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Wwrite-strings -Wformat=2 -Wundef -Werror
CPPFLAGS += -I. -D_GNU_SOURCE -DBALKHASH_VERSION='"$(VERSION)"' -MMD -MP
# Contraction into fused multiply-adds would make results depend on the CPU (docs/decisions).
CFLAGS   += -std=c17 -ffp-contract=off -fstack-protector-strong -fPIE $(WARN) $(CFLAGS_$(CONFIG))
# Of two hundred programs for tests the usual linker makes a fifth of a clean build; gold comes in the same package.
LDFLAGS  += $(if $(shell command -v ld.gold),-fuse-ld=gold) -pie -Wl,-z,relro,-z,now $(filter -fsanitize% --coverage,$(CFLAGS_$(CONFIG)))
LDLIBS   += $(PKG_LIBS) -lpthread -lm

# kernels/isa.c is compiled once per instruction set, with the vectoriser on and nothing that changes results.
KFLAGS        := -O3 -fno-trapping-math -fno-math-errno
# gcc: jumps that these passes thread through a loop's body keep it from being vectorised (up to 3 x slower).
KFLAGS        += $(if $(findstring clang,$(shell $(CC) --version)),,-fno-thread-jumps -fno-tree-pre)
FLAGS_scalar  := -fno-tree-vectorize -fno-tree-slp-vectorize
FLAGS_base    :=
FLAGS_avx2    := -mavx2
FLAGS_avx512  := -mavx512f -mavx512bw -mavx512vl -mavx512dq
ISAS  := scalar base $(if $(findstring x86_64,$(shell $(CC) -dumpmachine)),avx2 avx512)
K_OBJ := $(ISAS:%=$O/kernels/isa.%.o) $O/kernels/dispatch.o

P_SRC := $(wildcard pipeline/base/*.c pipeline/space/*.c pipeline/io/*.c pipeline/run/*.c pipeline/stage/*.c pipeline/app/*.c)
P_OBJ := $(P_SRC:%.c=$O/%.o)
# Programs of tests are many: out of an archive the linker reads only what one of them needs, a tenth of the time.
P_LIB := $O/libbalkhash.a
T_OBJ := $(patsubst %.c,$O/%.o,$(wildcard testdata/*.c))

PROGRAM    := $O/balkhash
GENERATOR  := $O/balkhash-testdata
K_TESTS    := $(patsubst kernels/tests/%.c,$O/kernels/tests/%,$(wildcard kernels/tests/*.c))
P_TESTS    := $(patsubst pipeline/tests/%.c,$O/pipeline/tests/%,$(wildcard pipeline/tests/test_*.c))
FUZZERS    := $(patsubst pipeline/tests/%.c,$O/pipeline/tests/%,$(wildcard pipeline/tests/fuzz/fuzz_*.c))
BENCHES    := $(patsubst pipeline/tests/%.c,$O/pipeline/tests/%,$(wildcard pipeline/tests/bench_*.c))

##@ Building
all: $(PROGRAM) $(GENERATOR)                 ## the program and the generator of test products
tests: short-tests $(BENCHES) all
# What "make test" runs: the pipeline's unit tests under ASan and UBSan, which see more; the release build by the tests of kernels and
# those of the whole program, which want some others.  With BALKHASH_LONG all tests on both.
short-tests: $(K_TESTS) $(P_TESTS) $(FUZZERS) $(PROGRAM)
release-tests: $(K_TESTS) $(BENCHES) all $(if $(BALKHASH_LONG),$(P_TESTS) $(FUZZERS),$(addprefix $O/pipeline/tests/,test_catalog test_run_index))

$(PROGRAM): $(P_OBJ) $(K_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(P_LIB): $(filter-out $O/pipeline/app/main.o,$(P_OBJ)) $(K_OBJ)
	$(call say,AR)
	$(Q)rm -f $@ && ar rcs $@ $^
$(GENERATOR): $(T_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$O/kernels/tests/%: $O/kernels/tests/%.o $(K_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ -lpthread -lm -o $@
# By libFuzzer with CONFIG=fuzz; else with a main that runs the target on its corpus.
$O/pipeline/tests/fuzz/fuzz_%: $O/pipeline/tests/fuzz/fuzz_%.o $(if $(filter fuzz,$(CONFIG)),,$O/pipeline/tests/fuzz/replay.o) $(P_LIB)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $(if $(filter fuzz,$(CONFIG)),-fsanitize=fuzzer) $^ $(LDLIBS) -o $@
$O/pipeline/tests/%: $O/pipeline/tests/%.o $(P_LIB)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lcmocka -o $@
$O/kernels/isa.%.o: kernels/isa.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(KFLAGS) $(FLAGS_$*) -DISA='"$*"' -DTABLE=kernels_$* -c $< -o $@
$O/pipeline/tests/%.o: CFLAGS += $(if $(filter release,$(CONFIG)),-O1)
$O/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -c $< -o $@
.SECONDARY:
-include $(shell find $O -name '*.d' 2>/dev/null)

##@ Using
demo: all                                    ## two epochs of a generated lake, to a change map
	scripts/demo build/demo

##@ Checking
# Four runs at once, for most tests keep one core busy, and not all the time.  A run that fails does not stop the others: the
# total does, at the end.
test:                                        ## the release program by its tests, the unit tests under ASan and UBSan
	@rm -rf build/counts
	$(MAKE) --no-print-directory CONFIG=release release-tests
	$(MAKE) --no-print-directory CONFIG=asan short-tests
	@mkdir -p build/counts
	-@scripts/run-tests asan >build/counts/asan.tap 2>&1 & \
	 scripts/run-tests release programs >build/counts/programs.tap 2>&1 & \
	 scripts/run-tests release even >build/counts/even.tap 2>&1 & \
	 scripts/run-tests release odd; wait
	@cat build/counts/even.tap build/counts/programs.tap build/counts/asan.tap
	@scripts/run-tests --total
check-all: lint check-simd                   ## everything: test, then TSan, valgrind and the long checks
	BALKHASH_LONG=1 $(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory tsan ubsan valgrind check-postgis
asan ubsan tsan:                             ## the tests under one sanitizer
	$(MAKE) --no-print-directory CONFIG=$@ tests
	scripts/run-tests $@
valgrind:                                    ## the unit tests under valgrind (no AVX-512 there)
	$(MAKE) --no-print-directory CONFIG=release tests
	scripts/run-tests valgrind
check-postgis:                               ## vectors into PostGIS, on a server of its own (installs PostgreSQL)
	scripts/bootstrap postgresql-15-postgis-3
	$(MAKE) --no-print-directory CONFIG=release all build/release/pipeline/tests/test_run_index
	BALKHASH_LONG=1 scripts/run-tests release postgis
check-slurm:                                 ## a cluster of two nodes on this host, one killed (root; installs Slurm; 5 minutes)
	scripts/bootstrap slurm-wlm munge
	$(MAKE) --no-print-directory CONFIG=release all
	scripts/check-slurm build/release
soak:                                        ## 2000 scenes through one run, with memory and files watched
	$(MAKE) --no-print-directory CONFIG=release all
	scripts/soak build/release
fuzz:                                        ## libFuzzer on every parser of foreign bytes, 10 minutes each
	scripts/fuzz 600
bench: all $(BENCHES) $(K_TESTS)             ## speed and memory: beside the decode floor, other programs and memcpy
	-scripts/bootstrap python3-rasterio otb-bin
	scripts/bench $O $(BENCH)
accuracy: all $O/pipeline/tests/bench_insitu   ## every method beside every truth, on new generated scenes
	/usr/bin/python3 scripts/accuracy $(ACCURACY) build/accuracy
check-simd: all                              ## did the compiler vectorise the kernels, without contraction?
	scripts/check-simd $O
lint:                                        ## format, layers, clang-tidy, cppcheck
	scripts/lint
format:                                      ## reformat the sources in place
	clang-format -i $$(git ls-files '*.c' '*.h')

##@ Installing
install: all                                 ## into $(DESTDIR)$(PREFIX)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/balkhash
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(PROGRAM) --man > $(DESTDIR)$(PREFIX)/share/man/man1/balkhash.1
	$(PROGRAM) --bash-completion > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/balkhash
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PROGRAM@|$(PREFIX)/bin/balkhash|' scripts/systemd/balkhash.service | \
		install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/balkhash.service
	install -m 644 scripts/systemd/balkhash.timer $(DESTDIR)$(PREFIX)/lib/systemd/system/balkhash.timer
	install -D -m 644 scripts/systemd/balkhash.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/balkhash.conf
uninstall:                                   ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/balkhash $(DESTDIR)$(PREFIX)/share/man/man1/balkhash.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/balkhash
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/balkhash.service $(DESTDIR)$(PREFIX)/lib/systemd/system/balkhash.timer
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/balkhash.conf
clean:                                       ## remove build/
	rm -rf build
help:                                        ## this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z -]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' Makefile

.PHONY: all tests short-tests release-tests demo test check-all check-postgis check-slurm soak asan ubsan tsan valgrind fuzz bench accuracy check-simd lint format install uninstall clean help
