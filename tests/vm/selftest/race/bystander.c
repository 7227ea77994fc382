// SPDX-License-Identifier: GPL-2.0
#include "an_failover.c"
