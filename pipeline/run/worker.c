/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAID_BYTES_MAX ((off_t)64 << 20)
#define GRACE_S	       10 /* for a worker that was asked to end */

struct request {
	size_t unit;
	char log_file[4096];
};

struct reply {
	int ret;
	struct error error;
	int64_t rss_bytes;
};

/* --- signals --- */

static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

/* One that is ignored, as nohup does with SIGHUP, stays so: blocked it would not. */
void worker_signals(void)
{
	struct sigaction action;
	sigset_t set;

	ending_signals(&set);
	for (int s = 1; s < NSIG; s++)
		if (sigismember(&set, s) == 1 && !sigaction(s, NULL, &action) &&
		    action.sa_handler == SIG_IGN)
			sigdelset(&set, s);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool worker_is_interrupted(void)
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

bool worker_sleep(int seconds)
{
	double end = monotonic_s() + seconds;

	while (!worker_is_interrupted() && monotonic_s() < end)
		usleep(50000);
	return worker_is_interrupted();
}

/* --- the worker --- */

static void unblock_signals(void)
{
	sigset_t set;

	ending_signals(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int redirect(int to, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644), ret = fd < 0 ? -1 : dup2(fd, to);

	if (fd >= 0)
		close(fd);
	return ret < 0 ? -1 : 0;
}

/* Most memory from now on; where the kernel does not know this, it is that of all units before too. */
static void forget_peak(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, "5", 1);
	close(fd);
}

static int64_t peak_bytes(void)
{
	struct rusage usage = { 0 };

	getrusage(RUSAGE_SELF, &usage);
	return (int64_t)usage.ru_maxrss * 1024;
}

static int work(const struct worker_spec *spec, const struct request *q, struct error *e)
{
	struct log log = *spec->log;
	int ret;

	if (redirect(STDERR_FILENO, q->log_file, O_WRONLY | O_CREAT | O_APPEND))
		return error_errno(e, errno, "cannot write %s", q->log_file);
	if (ftruncate(STDOUT_FILENO, 0) || lseek(STDOUT_FILENO, 0, SEEK_SET))
		return error_errno(e, errno, "cannot write to standard output");
	log.stream = stderr;
	log.terminal = false;
	log.journal = false;
	ret = spec->work(spec->job, q->unit, &log, e);
	/* Also after a failure: what was said till then must not be said by the next unit. */
	if (fflush(stdout) && !ret)
		ret = error_errno(e, errno, "cannot write to standard output");
	fflush(stderr);
	return ret;
}

/* Never returns. */
static void be_worker(const struct worker_spec *spec, int channel, int said, pid_t parent)
{
	struct request q;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || redirect(STDIN_FILENO, "/dev/null", O_RDONLY) ||
	    dup2(said, STDOUT_FILENO) < 0)
		_exit(1);
	unblock_signals();
	/* A group of its own: the terminal's Ctrl-C is for the parent, which decides. */
	setpgid(0, 0);
	while (recv(channel, &q, sizeof(q), 0) == (ssize_t)sizeof(q)) {
		struct reply r = { 0 };

		forget_peak();
		r.ret = work(spec, &q, &r.error);
		r.rss_bytes = peak_bytes();
		if (send(channel, &r, sizeof(r), MSG_NOSIGNAL) != (ssize_t)sizeof(r))
			_exit(1);
	}
	_exit(0);
}

/* --- the parent --- */

static int start(struct worker *w, struct error *e)
{
	pid_t self = getpid();
	int ends[2];

	w->said = memfd_create("said", MFD_CLOEXEC);
	if (w->said < 0)
		return error_errno(e, errno, "cannot make a file in memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		close(w->said);
		return error_errno(e, errno, "cannot make a channel to a process");
	}
	fflush(NULL);
	w->pid = fork();
	if (!w->pid) {
		close(ends[0]);
		be_worker(w->spec, ends[1], w->said, self);
	}
	close(ends[1]);
	w->channel = ends[0];
	w->units = 0;
	if (w->pid > 0)
		return 0;
	error_errno(e, errno, "cannot start a process");
	close(w->channel);
	close(w->said);
	w->pid = 0;
	return -1;
}

/* After it has ended, or will at once; its exit status. */
static int bury(struct worker *w)
{
	int status = 0;

	close(w->channel);
	close(w->said);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	return status;
}

void worker_end(struct worker *w)
{
	if (w->pid)
		bury(w);
}

/* Ask the worker to end, then make it. */
static void end_now(const struct worker *w)
{
	double end = monotonic_s() + GRACE_S;
	siginfo_t info;

	kill(w->pid, SIGTERM);
	while (monotonic_s() < end) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid)
			return;
		usleep(5000);
	}
	kill(w->pid, SIGKILL);
}

/* 1: it replied; 0: a second passed or a signal came; -1: it is gone. */
static int wait_a_while(const struct worker *w, int signals, struct reply *reply)
{
	struct pollfd fds[2] = { { .fd = w->channel, .events = POLLIN },
				 { .fd = signals, .events = POLLIN } };

	if (poll(fds, 2, 1000) <= 0 || !fds[0].revents)
		return 0;
	return recv(w->channel, reply, sizeof(*reply), 0) == (ssize_t)sizeof(*reply) ? 1 : -1;
}

/* Wait for the reply, or bring about the worker's end: then it is no more. */
static void watch(struct worker *w, int signals, void *user, struct attempt *a)
{
	double begin = monotonic_s();
	struct reply reply;
	sigset_t set;
	int got, status;

	while (!(got = wait_a_while(w, signals, &reply)) && a->end == ATTEMPT_DONE) {
		if (worker_is_interrupted())
			a->end = ATTEMPT_INTERRUPTED;
		else if (monotonic_s() - begin > w->spec->time_limit_s)
			a->end = ATTEMPT_TIMED_OUT;
		else if (w->spec->tick && w->spec->tick(user, &a->error))
			a->end = ATTEMPT_GIVEN_UP;
		if (a->end != ATTEMPT_DONE)
			end_now(w);
	}
	a->seconds = monotonic_s() - begin;
	if (got == 1 && a->end == ATTEMPT_DONE) {
		a->end = reply.ret ? ATTEMPT_FAILED : ATTEMPT_DONE;
		a->error = reply.error;
		a->error.text[sizeof(a->error.text) - 1] = 0;
		a->rss_bytes = reply.rss_bytes;
		return;
	}
	status = bury(w);
	if (a->end != ATTEMPT_DONE)
		return;
	a->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	/* Whoever asks a whole control group to end asks both. */
	ending_signals(&set);
	a->end = a->signal && sigismember(&set, a->signal) == 1 && worker_is_interrupted()
			 ? ATTEMPT_INTERRUPTED
			 : ATTEMPT_CRASHED;
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

static int ask(struct worker *w, size_t unit, const char *log_file, struct error *e)
{
	struct request q = { .unit = unit };

	if (strlen(log_file) >= sizeof(q.log_file))
		return error_set(e, ERROR_CANTCREATE, "cannot write %s: the name is too long",
				 log_file);
	memcpy(q.log_file, log_file, strlen(log_file) + 1);
	if (w->pid && w->units >= WORKER_UNITS)
		worker_end(w);
	/* One that died while it waited is no attempt at this unit. */
	if (w->pid && send(w->channel, &q, sizeof(q), MSG_NOSIGNAL) == (ssize_t)sizeof(q))
		return 0;
	worker_end(w);
	if (start(w, e))
		return -1;
	if (send(w->channel, &q, sizeof(q), MSG_NOSIGNAL) == (ssize_t)sizeof(q))
		return 0;
	error_errno(e, errno, "cannot speak to a process");
	worker_end(w);
	return -1;
}

int worker_run(struct worker *w, size_t unit, const char *log_file, void *user, struct attempt *out,
	       struct error *e)
{
	sigset_t set;
	int signals;

	*out = (struct attempt){ 0 };
	ending_signals(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return error_errno(e, errno, "cannot wait for signals");
	if (ask(w, unit, log_file, e)) {
		close(signals);
		return -1;
	}
	w->units++;
	watch(w, signals, user, out);
	close(signals);
	if (!w->pid)
		return 0;
	out->said = read_said(w->said);
	return out->said ? 0 : error_nomem(e, "what a process said");
}
