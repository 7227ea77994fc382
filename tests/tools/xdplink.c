// SPDX-License-Identifier: GPL-2.0
/*
 * Attach an XDP program by a BPF link, which iproute2 does not do:
 *
 *   xdplink INTERFACE drop|pass [drop|pass]
 *
 * Native, every frame gets the verdict. Says "attached" and stays: the link
 * lives as long as this process. On SIGUSR1 the second verdict takes the place
 * of the first, and it says "replaced".
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr, const char *what)
{
	int rc = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	if (rc >= 0)
		return rc;
	fprintf(stderr, "xdplink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int load(const char *verdict)
{
	const struct bpf_insn insns[2] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = strcmp(verdict, "drop") ? XDP_PASS : XDP_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (uintptr_t)insns,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
		.prog_name = "xdp_link",
	};

	return bpf(BPF_PROG_LOAD, &attr, "load");
}

int main(int argc, char **argv)
{
	union bpf_attr attr = {}, update = {};
	sigset_t set;
	int sig;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: xdplink INTERFACE drop|pass [drop|pass]\n");
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);

	attr.link_create.prog_fd = load(argv[2]);
	attr.link_create.target_ifindex = if_nametoindex(argv[1]);
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_DRV_MODE;
	update.link_update.link_fd = bpf(BPF_LINK_CREATE, &attr, "attach");
	puts("attached");
	fflush(stdout);

	while (argc == 4 && !sigwait(&set, &sig)) {
		update.link_update.new_prog_fd = load(argv[3]);
		bpf(BPF_LINK_UPDATE, &update, "replace");
		close(update.link_update.new_prog_fd);
		puts("replaced");
		fflush(stdout);
	}
	pause();
	return 0;
}
