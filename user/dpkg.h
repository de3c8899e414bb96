/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose package a file is of, by dpkg's own lists of files: nothing is run. Bounded in lists and
 * bytes; made for a helper without privilege to lose: no memory is taken, and no call made but
 * openat2, fstat, getdents64, read and close.
 */
#pragma once

#include <sys/stat.h>

#include "exe_file.h"

/* root: below which folder the host's paths are, "" of the host itself. path: as the kernel names the
 * file, file: what it is. The package's name is in ret where exactly one has it, else "". */
enum nw_exe_owner nw_dpkg_owner(const char *root, const char *path, const struct stat *file,
				char ret[NW_EXE_PACKAGE]);
