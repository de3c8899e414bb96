/* SPDX-License-Identifier: Apache-2.0 */
/* Whose package a file is of: exactly one says so, by either way to it, or nobody is named. */
#include "dpkg.h"
#include "user/exe_feed.h"

#define INFO "/var/lib/dpkg/info/"

static struct exe_host host;

static void begin(void)
{
	exe_host_start(&host);
	exe_write(&host, INFO "other.list", "/.\n/usr\n/usr/bin\n/usr/bin/xy\n/opt/usr/bin/x\n",
		  0644);
	exe_write(&host, INFO "x.conffiles", "/usr/bin/x\n", 0644);
}

/* "package x", "unowned" …; "-" for what is not known. */
static const char *owner(const char *path)
{
	static char text[NW_EXE_PACKAGE + 32];
	char package[NW_EXE_PACKAGE] = "?";
	const char *word;
	struct stat st;

	assert_int_equal(stat(exe_path(&host, "/usr/bin/x"), &st), 0);
	word = nw_exe_owner_name(nw_dpkg_owner(host.root, path, &st, package));
	snprintf(text, sizeof(text), "%s%s%s", word ? word : "-", package[0] ? " " : "", package);
	return text;
}

static void one_package_has_it(void **state)
{
	(void)state;
	begin();
	assert_string_equal(owner("/usr/bin/x"), "unowned");
	exe_write(&host, INFO "libx:amd64.list", "/.\n/usr/bin/x\n", 0644);
	assert_string_equal(owner("/usr/bin/x"), "package libx:amd64");
	exe_write(&host, INFO "libx:amd64.list", "/usr/bin/x\n/z\n", 0644); /* the first line */
	assert_string_equal(owner("/usr/bin/x"), "package libx:amd64");
	exe_write(&host, INFO "libx:amd64.list", "/z\n/usr/bin/x", 0644); /* no end of the last */
	assert_string_equal(owner("/usr/bin/x"), "package libx:amd64");
	exe_write(&host, INFO "libx:amd64.list", "/z\n/bin/x\n", 0644); /* the other way to it */
	assert_string_equal(owner("/usr/bin/x"), "package libx:amd64");
	exe_host_end(&host);
}

/* Where /bin is a folder of its own, what is in it is another file. */
static void another_way_leads_there_too(void **state)
{
	(void)state;
	begin();
	exe_write(&host, INFO "x.list", "/bin/x\n", 0644);
	assert_int_equal(unlink(exe_path(&host, "/bin")), 0);
	assert_string_equal(owner("/usr/bin/x"), "unowned");
	assert_int_equal(mkdir(exe_path(&host, "/bin"), 0700), 0);
	exe_write(&host, "/bin/x", "another", 0755);
	assert_string_equal(owner("/usr/bin/x"), "unowned");
	exe_host_end(&host);
}

static void nobody_is_named_when_it_is_not_sure(void **state)
{
	(void)state;
	begin();
	exe_write(&host, INFO "x.list", "/usr/bin/x\n", 0644);
	exe_write(&host, INFO "y.list", "/bin/x\n", 0644);
	assert_string_equal(owner("/usr/bin/x"), "several");
	exe_write(&host, INFO "y.list", "/bin/y\n", 0644);
	assert_string_equal(owner("/usr/bin/x"), "package x");
	exe_write(&host, "/var/lib/dpkg/diversions", "/a\n/usr/bin/x\nx\n", 0644);
	assert_string_equal(owner("/usr/bin/x"), "several");
	exe_write(&host, "/var/lib/dpkg/diversions", "/a\n/b\nx\n", 0644);
	assert_string_equal(owner("/usr/bin/x"), "package x");
	assert_int_equal(mkdir(exe_path(&host, INFO "z.list"), 0700), 0); /* can't be read */
	assert_string_equal(owner("/usr/bin/x"), "-");
	exe_host_end(&host);
}

static void its_path_leads_elsewhere(void **state)
{
	(void)state;
	begin();
	exe_write(&host, INFO "x.list", "/usr/bin/x\n/opt/x\nx\n", 0644);
	exe_write(&host, "/opt/x", "another", 0755);
	assert_string_equal(owner("/opt/x"), "elsewhere");
	assert_string_equal(owner("/opt/gone"), "elsewhere");
	assert_string_equal(owner("memfd:x"), "elsewhere");
	assert_string_equal(owner(""), "elsewhere");
	exe_host_end(&host);
}

static void there_is_no_dpkg(void **state)
{
	(void)state;
	exe_host_start(&host);
	assert_int_equal(rmdir(exe_path(&host, "/var/lib/dpkg/info")), 0);
	assert_string_equal(owner("/usr/bin/x"), "-");
	exe_host_end(&host);
}

/* Lists are read piece by piece: wherever a piece ends, the line is seen. */
static void a_long_list_is_read_to_its_end(void **state)
{
	static char text[80000];

	(void)state;
	begin();
	for (unsigned at = 65500; at < 65560; at++) {
		memset(text, 'a', sizeof(text) - 1);
		memcpy(text + at, "\n/usr/bin/x\n", 12);
		exe_write(&host, INFO "long.list", text, 0644);
		assert_string_equal(owner("/usr/bin/x"), "package long");
	}
	memset(text, 'a', sizeof(text) - 1);
	exe_write(&host, INFO "long.list", text, 0644);
	assert_string_equal(owner("/usr/bin/x"), "unowned");
	exe_host_end(&host);
}

NW_TESTS(user_dpkg, cmocka_unit_test(one_package_has_it),
	 cmocka_unit_test(another_way_leads_there_too),
	 cmocka_unit_test(nobody_is_named_when_it_is_not_sure),
	 cmocka_unit_test(its_path_leads_elsewhere), cmocka_unit_test(there_is_no_dpkg),
	 cmocka_unit_test(a_long_list_is_read_to_its_end));
