/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heap whose pages are all there at once, for work that needs much memory and gives it back. A page that
 * comes when it is first touched costs a fault, 16 us where the machine is a virtual one of some kinds;
 * asked for together a page costs 1 us.
 */
#pragma once

#include <stddef.h>

/* Until the end, what is freed stays with the process and is used again. Where the kernel can't
 * (before 5.14) or has no memory, pages come one by one as ever. */
void nw_warm_begin(size_t bytes);
void nw_warm_end(void);
