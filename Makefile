# SPDX-License-Identifier: GPL-2.0
# Commands of this repository; "make help" lists them. What the module is made
# of is in Kbuild, which kbuild reads in place of this file.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=

KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR)
# Not what "make kernelrelease" says: with Debian's headers of 6.1 that is 6.1.192.
RELEASE = $$(awk '/UTS_RELEASE/ { gsub(/"/, ""); print $$3 }' $(KDIR)/include/generated/utsrelease.h)

##@ Building

module: headers ## build an-failover.ko for the running kernel, or another: [KVER=] [KDIR=] (the default)
	$(KBUILD) modules

# kbuild runs depmod where there is a System.map (not in Debian's headers), in DESTDIR as well.
install: modules_install ## install it under updates/ of that kernel's modules: [KVER=] [KDIR=] [DESTDIR=]
modules_install: module
	$(KBUILD) INSTALL_MOD_DIR=updates DEPMOD=true $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,depmod $(RELEASE))

uninstall: headers ## remove what install has put there: [KVER=] [KDIR=] [DESTDIR=]
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/an-failover.ko*
	$(if $(DESTDIR),,depmod $(RELEASE))

clean: ## remove what a build made, build/ too
	@if [ -f $(KDIR)/Makefile ]; then $(KBUILD) clean; fi
	rm -rf build

headers:
	@test -f $(KDIR)/Makefile || { \
	echo "no kernel headers in $(KDIR): install linux-headers-$(KVER), or give KVER= or KDIR=" >&2; \
	exit 1; }

##@ Testing

check: deps ## style, unit tests, bench CI=1, DKMS, scenarios spread over kernels and claims, random sequences, some on the debug kernel
	@tests/check.sh

kunit: deps ## unit tests of the module, on User Mode Linux with KASAN, lockdep and kmemleak
	@tests/kunit/run.sh

vmtest: deps ## scenarios in VMs: [K=6.1|6.12|7.2|all|debug|kcsan] [DEBUG=1] [KCSAN=1] [T=name,name] [CLAIM=auto|self] [JOBS=n] [V=1] [SPREAD=n] [STOP=1]
	@tests/vm/run.sh $(foreach v,K DEBUG KCSAN T CLAIM JOBS V SPREAD STOP,$(if $($v),$v=$($v)))

soak: deps ## random sequences of all events against a model: [SEED=n] [EVENTS=n] [K=6.1|6.12|7.2|all|debug] [CLAIM=auto|self] [JOBS=n] [NICS=n] [CHUNK=n] [FRESH=n] [V=1]
	@tests/soak/soak.py $(foreach v,SEED EVENTS K CLAIM JOBS NICS CHUNK FRESH V,$(if $($v),"$v=$($v)"))

coverage: deps ## lines and branches of each source that unit tests and scenarios run: [VM=0|last] [T=name,name] [CLAIM=auto|self] [JOBS=n] [SPREAD=n] [V=1]
	@tests/coverage/coverage.py $(foreach v,VM T CLAIM JOBS SPREAD V,$(if $($v),$v=$($v)))

mutants: deps ## seed small faults, see which the tests notice, ten minutes to an hour: [N=60] [SEED=n] [JOBS=n] [ONLY=FILE[:LINE[:KIND]]]
	@tests/mutants/run.py $(foreach v,N SEED JOBS ONLY,$(if $($v),$v=$($v)))

bench: deps ## instructions per packet, against stock hv_netvsc, net_failover, bonding and team: [K=6.12] [W=workload,...] [VF=vfsim,e1000e,none] [C=contender,...] [N=packets] [JOBS=n] [CI=1 [STORE=1]] [SCALE=1] [WALL=1] [TRACE=0]
	@tests/bench/bench.py $(foreach v,K W VF C N JOBS CI STORE SCALE WALL TRACE,$(if $($v),"$v=$($v)"))

profile: deps ## instructions per function and packet, of two contenders: [A=an_failover-auto] [B=bare] [W=udp64] [VF=vfsim] [K=6.12] [TOP=40]
	@tests/bench/profile_cmd.py $(foreach v,A B W VF K TOP,$(if $($v),"$v=$($v)"))

demo: deps ## see traffic move between the two paths, about two minutes
	@tests/vm/demo.sh

style: deps ## checkpatch, sparse, warnings of gcc and clang, shellcheck
	@scripts/style.sh

dkmstest: deps ## dkms add, build, install and remove in private trees
	@tests/dkms/test.sh

##@ Other

deps: ## install the Debian packages that the above need (as root)
	@scripts/deps.sh

help: ## this text
	@awk 'BEGIN { FS = ":.*## " } \
	/^##@ / { printf "\n%s\n", substr($$0, 5) } \
	/^[a-z_]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.DEFAULT_GOAL := module
.PHONY: module install modules_install uninstall clean headers check kunit vmtest soak coverage mutants bench profile \
	demo style dkmstest deps help
