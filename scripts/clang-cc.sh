#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clang as CC= against the headers of a kernel that was built with gcc.
#
# Debian's headers come configured for gcc: kbuild takes the compiler's
# features from that configuration and not from the compiler at hand. So clang
# is handed options it does not know (or, in version 14, does not know yet).
# They are dropped here rather than with LLVM=1, which would want a kernel tree
# to configure anew. The objects are never loaded: they exist for the warnings,
# and what is dropped has no influence on those of our code.
set -eu

args=()
for arg; do
	case $arg in
	# code generation of gcc, or of a newer clang: mitigations, tracing
	-mfunction-return=* | -mindirect-branch=* | -mindirect-branch-register | \
	-mharden-sls=* | -mrecord-mcount | -fconserve-stack | \
	-fzero-call-used-regs=* | -ftrivial-auto-var-init=* | \
	-fmin-function-alignment=*)
		;;
	# gcc's names of warnings; clang refuses unknown ones under kbuild
	-Wimplicit-fallthrough=*)
		args+=(-Wimplicit-fallthrough) ;;
	-Wno-alloc-size-larger-than | -Wno-maybe-uninitialized | \
	-Wno-stringop-* | -Wno-restrict | -Wno-dangling-pointer | \
	-Wno-packed-not-aligned | -Wno-format-overflow* | \
	-Wno-format-truncation* | -Wno-override-init)
		;;
	*)
		args+=("$arg") ;;
	esac
done

# The last two are said by the kernel's own headers in this mix (named address
# spaces of gcc's per-CPU code, structs with flexible arrays in the middle).
# ccache would take this script for the compiler.
exec ${CCACHE_FOR_CLANG:-} "${CLANG:-clang}" "${args[@]}" \
	-Wno-duplicate-decl-specifier -Wno-gnu-variable-sized-type-not-at-end
