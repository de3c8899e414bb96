/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec MODE: runs itself again in a way that is hard to tell, then prints what it is now and waits.
 *	names	path and arguments with escape sequences, invalid UTF-8, quotes, bidirectional text
 *	huge	one argument as long as the kernel takes (128 KiB with its NUL)
 *	many	40,000 arguments
 *	long	a path of 2,600 bytes		deep	a path of 40 folders
 *	memfd	no file				deleted	a file that was unlinked before
 *	script	by a #! line			thread	exec by a thread that is not the first
 *	stdio	stderr is a socket		grown	the same, and a descriptor above 64 is open
 *	secret	arguments with the word that the test says first
 * Files live in a tmpfs of the process's own mount namespace: the kernel removes them with it.
 * Paths and arguments are printed in hex.
 */
#include <limits.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "self.h"

#define STAY	 "NW_TRUTH_STAY" /* set: this is the program that was to be run */
#define ARG_HUGE 131072
#define MANY	 40000

static const char *const stay_env[] = { STAY "=1", NULL };

static void print_hex(const char *key, const char *text)
{
	if (key) {
		printf("\"%s\":", key);
	}
	putchar('"');
	for (; *text; text++) {
		printf("%02x", (unsigned char)*text);
	}
	putchar('"');
}

static const char *kind_of(int fd)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	return S_ISSOCK(st.st_mode) ? "socket" : S_ISFIFO(st.st_mode) ? "pipe" : "else";
}

static void print_stdio(void)
{
	printf(",\"stdio\":[\"%s\",\"%s\",\"%s\"]", kind_of(0), kind_of(1), kind_of(2));
}

/* Exit status 7 tells that it was this program that ran. */
static int stay(int argc, char **argv)
{
	char exe[PATH_MAX] = "";
	char comm[16] = "";

	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0 && errno != ENAMETOOLONG) {
		truth_die("/proc/self/exe");
	}
	prctl(PR_GET_NAME, comm);
	printf("{\"pid\":%d,\"ppid\":%d,\"argc\":%d,", getpid(), getppid(), argc);
	print_hex("exe", exe);
	putchar(',');
	print_hex("comm", comm);
	print_stdio();
	printf(",\"args\":[");
	for (int i = 0; i < NW_MIN(argc, 16); i++) {
		printf(i ? "," : "");
		print_hex(NULL, strlen(argv[i]) < 4096 ? argv[i] : "long");
	}
	truth_print("]}");
	truth_wait();
	return 7;
}

__attribute__((noreturn)) static void become(const char *path, const char *const *args)
{
	execve(path, truth_plain(args), truth_plain(stay_env));
	truth_die("execve");
}

__attribute__((noreturn)) static void become_fd(int fd, const char *const *args)
{
	fexecve(fd, truth_plain(args), truth_plain(stay_env));
	truth_die("fexecve");
}

static void mode_names(void)
{
	static const char name[] = "\033[31mred\377\n\"\\\xc2\x9b.bin";
	static const char *const args[] = {
		name,
		"\033]0;owned\007",
		"\xff\xfe\xc0\xaf",
		"two\nlines\r\ttab\177",
		"quote\"back\\slash",
		"\xe2\x80\xaegnp.exe",
		"",
		"last",
		NULL,
	};

	truth_make_self(name);
	become(name, args);
}

static void mode_huge(void)
{
	char *huge = malloc(ARG_HUGE);
	const char *args[] = { "huge", huge, "behind", NULL };

	truth_check(huge != NULL, "malloc");
	memset(huge, 'A', ARG_HUGE - 1);
	huge[ARG_HUGE - 1] = 0;
	truth_make_self("huge");
	become("huge", args);
}

static void mode_many(void)
{
	const char **args = calloc(MANY + 1, sizeof(*args));

	truth_check(args != NULL, "calloc");
	args[0] = "many";
	for (int i = 1; i < MANY; i++) {
		args[i] = "a";
	}
	truth_make_self("many");
	become("many", args);
}

/* Folders of name_len characters, one in the other; runs "end" in the last. */
static void run_below(int folders, size_t name_len)
{
	const char *args[] = { "below", NULL };
	char name[NAME_MAX + 1];

	memset(name, 'd', name_len);
	name[name_len] = 0;
	for (int i = 0; i < folders; i++) {
		truth_check(!mkdir(name, 0755) && !chdir(name), "mkdir");
	}
	truth_make_self("end");
	become("./end", args);
}

static void mode_long(void)
{
	run_below(13, 199);
}

static void mode_deep(void)
{
	run_below(40, 3);
}

static void mode_memfd(void)
{
	const char *args[] = { "from-memory", NULL };
	int fd = memfd_create("nw-memory", MFD_CLOEXEC);

	truth_copy_self(fd);
	become_fd(fd, args);
}

static void mode_deleted(void)
{
	const char *args[] = { "unlinked", NULL };
	int fd;

	truth_make_self("was-here");
	fd = open("was-here", O_RDONLY | O_CLOEXEC);
	truth_check(fd >= 0 && !unlink("was-here"), "unlink");
	become_fd(fd, args);
}

static void mode_script(void)
{
	const char *args[] = { "script-0", "word", NULL };
	FILE *f;

	truth_make_self("interpreter");
	f = fopen("script", "we");
	truth_check(f && fputs("#!/tmp/interpreter -x\n", f) >= 0 && !fclose(f), "script");
	truth_check(!chmod("script", 0755), "chmod");
	become("/tmp/script", args);
}

static void *exec_in_thread(void *arg)
{
	const char *args[] = { "by-thread", NULL };

	(void)arg;
	become("/tmp/threaded", args);
}

static void mode_thread(void)
{
	pthread_t thread;

	truth_make_self("threaded");
	errno = pthread_create(&thread, NULL, exec_in_thread, NULL);
	truth_check(errno == 0, "pthread_create");
	pthread_join(thread, NULL); /* never returns: exec ends every other thread */
}

/* The word is said on stdin, so that only what is run has it among its arguments. */
static void mode_stdio(void)
{
	const char *args[] = { "stdio", NULL };
	int pair[2];

	truth_check(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	truth_check(dup2(pair[0], STDERR_FILENO) == STDERR_FILENO, "dup2");
	truth_make_self("stdio");
	become("stdio", args);
}

static void mode_grown(void)
{
	truth_check(dup2(STDOUT_FILENO, 200) == 200, "dup2");
	mode_stdio();
}

static void mode_secret(void)
{
	char word[64], url[256], option[128], query[256], after[64];
	const char *args[] = { "recorder",   url,   query,	  option,
			       "--password", after, "--camera=7", NULL };

	truth_check(scanf("%63s", word) == 1, "word");
	snprintf(url, sizeof(url), "rtsp://admin:%s@192.0.2.9/Streaming/Channels/101", word);
	snprintf(query, sizeof(query), "http://192.0.2.9/cgi-bin/a.cgi?user=admin&pwd=%s&ch=1",
		 word);
	snprintf(option, sizeof(option), "--password=%s", word);
	snprintf(after, sizeof(after), "%s", word);
	truth_make_self("recorder");
	become("recorder", args);
}

static const struct {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "deep", mode_deep },	   { "deleted", mode_deleted }, { "grown", mode_grown },
	{ "huge", mode_huge },	   { "long", mode_long },	{ "many", mode_many },
	{ "memfd", mode_memfd },   { "names", mode_names },	{ "script", mode_script },
	{ "secret", mode_secret }, { "stdio", mode_stdio },	{ "thread", mode_thread },
};

int main(int argc, char **argv)
{
	truth_begin();
	if (getenv(STAY)) {
		return stay(argc, argv);
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	truth_enter_tmpfs();
	for (size_t i = 0; argc == 2 && i < NW_ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) == 0) {
			modes[i].run();
		}
	}
	errno = EINVAL;
	truth_die("usage: exec MODE");
}
