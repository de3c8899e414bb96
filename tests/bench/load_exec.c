/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_exec PROGRAM COUNT WORKERS RATE: starts PROGRAM COUNT times, argv[1] being "WORKER-SERIAL",
 * from WORKERS processes (one per CPU in turn), RATE times a second in all or, with 0, as fast as
 * posix_spawn and waitpid go. Prints what it made as one line of JSON. Owns its workers; a spawn
 * that fails is counted, a worker that dies fails the whole load.
 */
#include "load.h"

#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ;

enum {
	MAX_WORKERS = 16,
	LIMIT_S = 60
};

struct tally {
	uint32_t made;
	uint32_t failed;
};

struct job {
	char *program;
	uint32_t count;	      /* of this worker */
	uint64_t interval_ns; /* between two starts of this worker, 0 = none */
};

static void pin_to_cpu(uint32_t worker)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)(worker % (uint32_t)(cpus > 0 ? cpus : 1)), &set);
	(void)sched_setaffinity(0, sizeof(set), &set); /* a cpuset may forbid it: only noise */
}

static int spawn_one(char *program, uint32_t worker, uint32_t serial)
{
	char mark[32];
	char *argv[] = { program, mark, NULL };
	int status, err;
	pid_t pid;

	(void)snprintf(mark, sizeof(mark), "%u-%u", worker, serial);
	err = posix_spawn(&pid, program, NULL, NULL, argv, environ);
	if (err)
		return -err;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		return -ECHILD;
	return 0;
}

static void work(const struct job *job, uint32_t worker, struct tally *tally)
{
	uint64_t start_ns = nw_load_now_ns();
	uint32_t i;

	pin_to_cpu(worker);
	(void)alarm(LIMIT_S); /* not inherited over fork */
	for (i = 0; i < job->count; i++) {
		if (job->interval_ns)
			nw_load_sleep_until_ns(start_ns + i * job->interval_ns);
		if (spawn_one(job->program, worker, i)) {
			tally->failed++;
		} else {
			tally->made++;
		}
	}
}

static struct tally *share_tallies(uint32_t workers)
{
	void *mem = mmap(NULL, workers * sizeof(struct tally), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		nw_load_die("cannot map the tallies");
	return mem;
}

static void wait_for_workers(uint32_t workers)
{
	int status;

	while (workers--) {
		if (wait(&status) < 0 || status)
			nw_load_die("a worker failed");
	}
}

int main(int argc, char **argv)
{
	uint32_t workers, count, rate, i;
	struct tally sum = { 0 };
	struct tally *tallies;
	uint64_t start_ns;
	struct job job;

	if (argc != 5)
		nw_load_die("usage: load_exec PROGRAM COUNT WORKERS RATE");
	nw_load_begin(LIMIT_S);
	job.program = argv[1];
	count = nw_load_number(argv[2], 1, 1000000);
	workers = nw_load_number(argv[3], 1, MAX_WORKERS);
	rate = nw_load_number(argv[4], 0, 100000);
	job.interval_ns = rate ? NW_LOAD_NS_PER_S * workers / rate : 0;
	tallies = share_tallies(workers);

	start_ns = nw_load_now_ns();
	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			nw_load_die("cannot fork");
		if (pid == 0) {
			job.count = count / workers + (i < count % workers);
			work(&job, i, &tallies[i]);
			_exit(0);
		}
	}
	wait_for_workers(workers);
	for (i = 0; i < workers; i++) {
		sum.made += tallies[i].made;
		sum.failed += tallies[i].failed;
	}
	(void)printf("{\"made\":%u,\"failed\":%u,\"seconds\":%.6f,\"cpu_ns\":%llu}\n", sum.made,
		     sum.failed, (double)(nw_load_now_ns() - start_ns) / 1e9,
		     (unsigned long long)nw_load_cpu_ns());
	return 0;
}
