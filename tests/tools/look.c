// SPDX-License-Identifier: GPL-2.0
/*
 * look: what a NIC and its switch count, for a shell that asks often
 *
 *   look ANSWER <QUESTIONS >READY
 *
 * A question is a line of four words: the NIC's directory of the simulated host,
 * its netdev, that one's network namespace (a path) and the VF's file of counters;
 * - for none. The answer is a file to be sourced, which is there when an empty line
 * says so; - for what cannot be read:
 *
 *   HOST			the host's data path
 *   C_tx_synthetic, C_tx_vf	frames that it got by each, and
 *   C_rx_synthetic, C_rx_vf	that it sent
 *   P_tx_synthetic, ...	the same, of all flows in sum
 *   P_dup			how many of these came twice
 *   VF_XDP			frames that passed XDP on the VF
 *   D_tx, D_rx			the netdev's packets
 *   E_state, E_claim, E_refused, E_tx, E_rx
 *				its rows an_state, ..., vf_tx_packets, vf_rx_packets
 *
 * In an emulated machine with a debug kernel a run of ethtool takes half a second.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROWS_MAX	4096
#define PATH_LEN	256

struct row {
	const char *key;
	const char *name;	/* in the answer */
	unsigned long long value;
	bool found;
};

static void row_found(struct row *row, const char *key, unsigned long long value)
{
	for (; row->key; row++) {
		if (!strcmp(key, row->key)) {
			row->value = value;
			row->found = true;
		}
	}
}

static void say_rows(FILE *to, const struct row *row)
{
	for (; row->key; row++) {
		if (row->found)
			fprintf(to, " %s=%llu", row->name, row->value);
		else
			fprintf(to, " %s=-", row->name);
	}
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[2 * PATH_LEN];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, "re");
}

/* Rows of a file of "KEY VALUE" */
static void read_rows(FILE *file, struct row *row)
{
	unsigned long long value;
	char line[256], key[64];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %llu", key, &value) == 2)
			row_found(row, key, value);
	fclose(file);
}

static void say_host(FILE *to, const char *dir)
{
	struct row rows[] = {
		{ .key = "syn_tx_frames", .name = "C_tx_synthetic" },
		{ .key = "vf_tx_frames", .name = "C_tx_vf" },
		{ .key = "syn_rx_frames", .name = "C_rx_synthetic" },
		{ .key = "vf_rx_frames", .name = "C_rx_vf" }, { }
	};
	FILE *file = open_in(dir, "datapath");
	char word[32];

	if (file && fscanf(file, "%31s", word) == 1)
		fprintf(to, "HOST=%s", word);
	else
		fprintf(to, "HOST=-");
	if (file)
		fclose(file);
	read_rows(open_in(dir, "stats"), rows);
	say_rows(to, rows);
}

/* All flows of a direction in one; tests/hvsim/flow.c prints "tx|rx KEY=VALUE ...". */
static void say_flows(FILE *to, const char *dir)
{
	unsigned long long value, dup = 0, path[2][2] = { 0 };
	FILE *file = open_in(dir, "flows");
	char line[512], *word, key[32];
	int rx;

	while (file && fgets(line, sizeof(line), file)) {
		rx = !strncmp(line, "rx", 2);
		for (word = strtok(line, " "); word; word = strtok(NULL, " ")) {
			if (sscanf(word, "%31[^=]=%llu", key, &value) != 2)
				continue;
			if (!strcmp(key, "dup"))
				dup += value;
			else if (!strcmp(key, "syn"))
				path[rx][0] += value;
			else if (!strcmp(key, "vf"))
				path[rx][1] += value;
		}
	}
	if (file)
		fclose(file);
	fprintf(to, " P_tx_synthetic=%llu P_tx_vf=%llu P_rx_synthetic=%llu P_rx_vf=%llu",
		path[0][0], path[0][1], path[1][0], path[1][1]);
	fprintf(to, " P_dup=%llu", dup);
}

static void say_vf(FILE *to, const char *path)
{
	struct row rows[] = { { .key = "rx_xdp_pass", .name = "VF_XDP" }, { } };

	read_rows(fopen(path, "re"), rows);
	say_rows(to, rows);
}

static void say_netdev(FILE *to, const char *netdev)
{
	struct row rows[] = {
		{ .key = "tx", .name = "D_tx" }, { .key = "rx", .name = "D_rx" }, { }
	};
	FILE *file = fopen("/proc/net/dev", "re");
	unsigned long long rx, tx;
	char line[512], *colon;

	while (file && fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		if (!strcmp(line + strspn(line, " "), netdev) &&
		    sscanf(colon + 1, "%*u %llu %*u %*u %*u %*u %*u %*u %*u %llu",
			   &rx, &tx) == 2) {
			row_found(rows, "tx", tx);
			row_found(rows, "rx", rx);
		}
	}
	if (file)
		fclose(file);
	say_rows(to, rows);
}

static int ethtool(int sock, const char *netdev, void *cmd)
{
	struct ifreq ifr = { .ifr_data = cmd };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	return ioctl(sock, SIOCETHTOOL, &ifr);
}

/* How many there are may change between the calls: the kernel fails one of them
 * or fills in less than there is room for.
 */
static void read_ethtool(int sock, const char *netdev, struct row *row)
{
	static union {
		struct ethtool_gstrings cmd;
		char room[sizeof(struct ethtool_gstrings) + ROWS_MAX * ETH_GSTRING_LEN];
	} names;
	static union {
		struct ethtool_stats cmd;
		char room[sizeof(struct ethtool_stats) + ROWS_MAX * sizeof(__u64)];
	} values;
	struct {
		struct ethtool_sset_info cmd;
		__u32 count;
	} size = { .cmd = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS } };
	char key[ETH_GSTRING_LEN + 1];
	__u32 i;

	if (ethtool(sock, netdev, &size) || !size.cmd.sset_mask || size.count > ROWS_MAX / 2)
		return;
	names.cmd = (struct ethtool_gstrings){
		.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = size.count
	};
	values.cmd = (struct ethtool_stats){ .cmd = ETHTOOL_GSTATS, .n_stats = size.count };
	if (ethtool(sock, netdev, &names) || ethtool(sock, netdev, &values) ||
	    names.cmd.len != values.cmd.n_stats)
		return;
	for (i = 0; i < names.cmd.len; i++) {
		snprintf(key, sizeof(key), "%.*s", ETH_GSTRING_LEN,
			 names.room + sizeof(names.cmd) + i * ETH_GSTRING_LEN);
		row_found(row, key, values.cmd.data[i]);
	}
}

static void say_ethtool(FILE *to, const char *netdev)
{
	struct row rows[] = {
		{ .key = "an_state", .name = "E_state" },
		{ .key = "an_claim", .name = "E_claim" },
		{ .key = "an_refused", .name = "E_refused" },
		{ .key = "vf_tx_packets", .name = "E_tx" },
		{ .key = "vf_rx_packets", .name = "E_rx" }, { }
	};
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sock >= 0) {
		read_ethtool(sock, netdev, rows);
		close(sock);
	}
	say_rows(to, rows);
}

static void enter(int netns)
{
	if (setns(netns, CLONE_NEWNET)) {
		perror("look: setns");
		exit(1);
	}
}

/* An ioctl is about the namespace that its socket was made in. */
static void say_in_netns(FILE *to, const char *netns, const char *netdev, int home)
{
	int away = -1;

	if (strcmp(netns, "-")) {
		away = open(netns, O_RDONLY | O_CLOEXEC);
		if (away >= 0)
			enter(away);
		else
			netdev = "-";
	}
	say_netdev(to, netdev);
	say_ethtool(to, netdev);
	if (away >= 0) {
		enter(home);
		close(away);
	}
}

static void answer(FILE *to, const char *question, int home)
{
	char dir[PATH_LEN], netdev[IFNAMSIZ], netns[PATH_LEN], vf[PATH_LEN];

	if (sscanf(question, "%255s %15s %255s %255s", dir, netdev, netns, vf) != 4) {
		fprintf(stderr, "look: what is: %s", question);
		exit(2);
	}
	say_host(to, dir);
	say_flows(to, dir);
	say_vf(to, vf);
	say_in_netns(to, netns, netdev, home);
	fputc('\n', to);
}

static FILE *open_answer(const char *path)
{
	FILE *to = fopen(path, "we");

	if (!to) {
		perror(path);
		exit(1);
	}
	return to;
}

int main(int argc, char **argv)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	char line[1024];
	FILE *to;

	if (argc != 2 || home < 0) {
		perror("look: ANSWER, /proc/self/ns/net");
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		to = open_answer(argv[1]);
		answer(to, line, home);
		if (fclose(to)) {
			perror(argv[1]);
			return 1;
		}
		puts("");
		fflush(stdout);
	}
	return 0;
}
