/* SPDX-License-Identifier: Apache-2.0 */
/* What libbpf and the verifier said: the reason why a hook is off. */
#pragma once

void nw_load_word_listen(void); /* from now on libbpf's messages come here; logged with -v -v */
void nw_load_word_forget(void);
const char *nw_load_word(void);	      /* the last complaint, "" = none */
const char *nw_load_word_about(void); /* the program that it was about, "" = none */
