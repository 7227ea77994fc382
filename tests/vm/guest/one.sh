#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC1090,SC1091
# Runs the scenario $SCENARIO with $CLAIM. Its stdout and stderr, a trace, are
# shown only when it fails; its verdict are the KTAP lines and the exit status.
. /t/lib.sh
. "/t/scenarios/$SCENARIO.sh"
rig_clean
t_done
