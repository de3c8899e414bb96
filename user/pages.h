/* SPDX-License-Identifier: Apache-2.0 */
/* What docs/indicators.md says of each indicator, in this binary: what it measures, and how it can be wrong. */
#pragma once

/* Line i of the section with this name, Markdown; NULL behind the last, and where there is none. */
const char *nw_page_line(const char *name, unsigned i);
