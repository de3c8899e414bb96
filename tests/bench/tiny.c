/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program that load_exec starts: linked statically, it ends at once, so that an exec's cost is
 * the kernel's and the sensor's, not the dynamic linker's. Owns nothing, cannot fail.
 */
int main(void)
{
	return 0;
}
