// SPDX-License-Identifier: GPL-2.0
/*
 * Attach a program to an interface by a BPF link, which iproute2 does not do:
 *
 *   bpflink xdp|tcx INTERFACE drop|pass [drop|pass]
 *
 * Native XDP, or tc's BPF at egress (since 6.6); every frame gets the verdict.
 * Says "attached" and stays: the link lives as long as this process. On SIGUSR1
 * the second verdict takes the place of the first, and it says "replaced".
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* from Linux 6.6's linux/bpf.h */
#define TCX_EGRESS	47
#define ACT_PASS	0
#define ACT_DROP	2

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr, const char *what)
{
	int rc = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	if (rc >= 0)
		return rc;
	fprintf(stderr, "bpflink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int load(bool tcx, const char *verdict)
{
	bool drop = !strcmp(verdict, "drop");
	const int act = tcx ? (drop ? ACT_DROP : ACT_PASS) :
			      (drop ? XDP_DROP : XDP_PASS);
	const struct bpf_insn insns[2] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = act },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = tcx ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP,
		.insns = (uintptr_t)insns,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
		/* by which a scenario looks for an XDP program in use */
		.prog_name = "xdp_link",
	};

	return bpf(BPF_PROG_LOAD, &attr, "load");
}

int main(int argc, char **argv)
{
	union bpf_attr attr = {}, update = {};
	sigset_t set;
	bool tcx;
	int sig;

	if (argc < 4 || argc > 5) {
		fprintf(stderr,
			"usage: bpflink xdp|tcx INTERFACE drop|pass [drop|pass]\n");
		return 2;
	}
	tcx = !strcmp(argv[1], "tcx");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);

	attr.link_create.prog_fd = load(tcx, argv[3]);
	attr.link_create.target_ifindex = if_nametoindex(argv[2]);
	attr.link_create.attach_type = tcx ? TCX_EGRESS : BPF_XDP;
	attr.link_create.flags = tcx ? 0 : XDP_FLAGS_DRV_MODE;
	update.link_update.link_fd = bpf(BPF_LINK_CREATE, &attr, "attach");
	puts("attached");
	fflush(stdout);

	while (argc == 5 && !sigwait(&set, &sig)) {
		update.link_update.new_prog_fd = load(tcx, argv[4]);
		bpf(BPF_LINK_UPDATE, &update, "replace");
		close(update.link_update.new_prog_fd);
		puts("replaced");
		fflush(stdout);
	}
	pause();
	return 0;
}
