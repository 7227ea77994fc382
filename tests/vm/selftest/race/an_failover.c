// SPDX-License-Identifier: GPL-2.0
/*
 * A data race on purpose, in a module of the name that makes it a failure (and in
 * bystander.ko, where it is none).
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct task_struct *racers[2];
static unsigned long raced;

static int race_loop(void *unused)
{
	while (!kthread_should_stop()) {
		raced++;
		cond_resched();
	}
	return 0;
}

static int __init race_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		racers[i] = kthread_run(race_loop, NULL, "race%d", i);
		if (IS_ERR(racers[i])) {
			if (i)
				kthread_stop(racers[0]);
			return PTR_ERR(racers[i]);
		}
	}
	return 0;
}

static void __exit race_exit(void)
{
	kthread_stop(racers[0]);
	kthread_stop(racers[1]);
}

module_init(race_init);
module_exit(race_exit);

MODULE_DESCRIPTION("A data race for the self test of the test harness");
MODULE_LICENSE("GPL");
