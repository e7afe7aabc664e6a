/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAID_BYTES_MAX ((off_t)64 << 20)
#define GRACE_S	       10 /* for a child that was asked to end */

/* The child's files in memory: what it prints, and its error. */
struct channels {
	int said, error;
};

static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

/* One that is ignored, as nohup does with SIGHUP, stays so: blocked it would not. */
void attempt_signals(void)
{
	struct sigaction action;
	sigset_t set;

	ending_signals(&set);
	for (int s = 1; s < NSIG; s++)
		if (sigismember(&set, s) == 1 && !sigaction(s, NULL, &action) &&
		    action.sa_handler == SIG_IGN)
			sigdelset(&set, s);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool attempt_is_interrupted(void)
{
	sigset_t set, pending;

	ending_signals(&set);
	sigpending(&pending);
	return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGHUP) == 1;
}

static double monotonic_s(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool attempt_sleep(int seconds)
{
	double end = monotonic_s() + seconds;

	while (!attempt_is_interrupted() && monotonic_s() < end)
		usleep(50000);
	return attempt_is_interrupted();
}

/* --- the child --- */

static int redirect(const struct attempt_spec *spec, const struct channels *c)
{
	int log = open(spec->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return log < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	       dup2(c->said, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0;
}

static void unblock_signals(void)
{
	sigset_t set;

	ending_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Never returns.  Status 0: done; 1: the error is in its channel. */
static void be_child(const struct attempt_spec *spec, const struct channels *c, pid_t parent)
{
	struct error e = { 0 };
	struct log log = *spec->context->log;
	struct context context = *spec->context;
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	unblock_signals();
	/* A group of its own: the terminal's Ctrl-C is for the parent, which decides. */
	setpgid(0, 0);
	if (redirect(spec, c)) {
		ret = error_errno(&e, errno, "cannot write %s", spec->log_file);
	} else {
		log.stream = stderr;
		log.terminal = false;
		log.journal = false;
		context.log = &log;
		ret = spec->command(&context, &e);
		if (!ret && fflush(stdout))
			ret = error_errno(&e, errno, "cannot write to standard output");
		if (ret)
			log_say(&log, LOG_ERROR, "%s", e.text);
	}
	fflush(stderr);
	if (ret && write(c->error, &e, sizeof(e)) != (ssize_t)sizeof(e))
		_exit(2);
	_exit(ret != 0);
}

/* --- the parent --- */

/* 1: it ended; 0: a second passed or a signal came; -1 with errno. */
static int wait_a_while(pid_t child, int *status, struct rusage *usage)
{
	const struct timespec second = { .tv_sec = 1 };
	sigset_t set;
	pid_t got = wait4(child, status, WNOHANG, usage);

	if (got)
		return got == child ? 1 : -1;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigtimedwait(&set, NULL, &second) < 0 && errno != EAGAIN && errno != EINTR)
		return -1;
	return 0;
}

/* Ask the child to end, then make it. */
static void end_child(pid_t child, int *status, struct rusage *usage)
{
	double end = monotonic_s() + GRACE_S;
	int ended = 0;

	kill(child, SIGTERM);
	while (!ended && monotonic_s() < end)
		ended = wait_a_while(child, status, usage);
	if (ended == 1)
		return;
	kill(child, SIGKILL);
	while (wait4(child, status, 0, usage) < 0 && errno == EINTR)
		;
}

/* Wait for its end, or bring it about. */
static int watch(const struct attempt_spec *spec, pid_t child, struct attempt *a, int *status,
		 struct rusage *usage, struct error *e)
{
	double begin = monotonic_s();
	int ended;

	while (!(ended = wait_a_while(child, status, usage))) {
		if (attempt_is_interrupted())
			a->end = ATTEMPT_INTERRUPTED;
		else if (monotonic_s() - begin > spec->time_limit_s)
			a->end = ATTEMPT_TIMED_OUT;
		else if (spec->tick && spec->tick(spec->user, &a->error))
			a->end = ATTEMPT_GIVEN_UP;
		if (a->end != ATTEMPT_DONE) {
			end_child(child, status, usage);
			break;
		}
	}
	a->seconds = monotonic_s() - begin;
	a->rss_bytes = (int64_t)usage->ru_maxrss * 1024;
	return ended < 0 ? error_errno(e, errno, "cannot wait for a process") : 0;
}

static char *read_said(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = size < 0 || size > SAID_BYTES_MAX ? NULL : malloc((size_t)size + 1);

	if (!text || pread(fd, text, (size_t)size, 0) != size) {
		free(text);
		return NULL;
	}
	text[size] = 0;
	return text;
}

static void judge(const struct channels *c, int status, struct attempt *a)
{
	if (a->end != ATTEMPT_DONE)
		return;
	if (WIFSIGNALED(status)) {
		a->end = ATTEMPT_CRASHED;
		a->signal = WTERMSIG(status);
	} else if (WEXITSTATUS(status) == 0) {
		a->end = ATTEMPT_DONE;
	} else if (pread(c->error, &a->error, sizeof(a->error), 0) == (ssize_t)sizeof(a->error)) {
		a->end = ATTEMPT_FAILED;
		a->error.text[sizeof(a->error.text) - 1] = 0;
	} else {
		a->end = ATTEMPT_CRASHED;
	}
}

int attempt_run(const struct attempt_spec *spec, struct attempt *out, struct error *e)
{
	struct channels c = { memfd_create("said", MFD_CLOEXEC),
			      memfd_create("error", MFD_CLOEXEC) };
	struct rusage usage = { 0 };
	pid_t child, self = getpid();
	int status = 0, ret = -1;

	*out = (struct attempt){ 0 };
	if (c.said < 0 || c.error < 0) {
		error_errno(e, errno, "cannot make files in memory");
		goto out;
	}
	fflush(NULL);
	child = fork();
	if (!child)
		be_child(spec, &c, self);
	if (child < 0) {
		error_errno(e, errno, "cannot start a process");
		goto out;
	}
	ret = watch(spec, child, out, &status, &usage, e);
	judge(&c, status, out);
	out->said = read_said(c.said);
	if (!ret && !out->said)
		ret = error_nomem(e, "what a process said");
out:
	if (c.said >= 0)
		close(c.said);
	if (c.error >= 0)
		close(c.error);
	return ret;
}
