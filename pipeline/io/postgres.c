/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/postgres.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

#define CONNECT_SECONDS INT64_C(30)
#define SETTINGS_MAX	64 /* settings of a connection: libpq 15 has 40 */

struct postgres {
	PGconn *connection;
};

/* --- words --- */

enum error_code postgres_code(const char *sqlstate)
{
	/* The longest beginning that fits decides. */
	static const struct {
		const char *state;
		enum error_code code;
	} rules[] = {
		{ "08", ERROR_UNAVAILABLE },   /* connection */
		{ "22", ERROR_DATA },	       /* a value that the type cannot hold */
		{ "23505", ERROR_TEMPORARY },  /* unique: somebody else has just made it */
		{ "25006", ERROR_PERMISSION }, /* read only */
		{ "28", ERROR_PERMISSION },    /* not let in */
		{ "2BP01", ERROR_CANTCREATE }, /* others depend on what would be dropped */
		{ "3D000", ERROR_CONFIG },     /* no such database */
		{ "3F000", ERROR_CONFIG },     /* no such schema */
		{ "40", ERROR_TEMPORARY },     /* deadlock, serialisation */
		{ "42501", ERROR_PERMISSION }, /* no right */
		{ "42704", ERROR_CONFIG }, /* no such type: PostGIS is not where it is looked for */
		{ "42883", ERROR_CONFIG }, /* no such function: likewise */
		{ "42P01", ERROR_CONFIG }, /* no such table: likewise */
		{ "42P07", ERROR_CANTCREATE }, /* the table exists */
		{ "42710", ERROR_CANTCREATE }, /* the object exists */
		{ "53", ERROR_UNAVAILABLE },   /* too many connections, no memory there */
		{ "53100", ERROR_IO },	       /* disk full */
		{ "55P03", ERROR_TEMPORARY },  /* locked */
		{ "57", ERROR_UNAVAILABLE },   /* shut down, terminated */
		{ "57014", ERROR_TEMPORARY },  /* cancelled, took too long */
	};
	enum error_code code = sqlstate ? ERROR_IO : ERROR_UNAVAILABLE;
	size_t best = 0;

	for (size_t i = 0; sqlstate && i < sizeof(rules) / sizeof(rules[0]); i++) {
		size_t n = strlen(rules[i].state);

		if (n > best && !strncmp(sqlstate, rules[i].state, n)) {
			code = rules[i].code;
			best = n;
		}
	}
	return code;
}

/* The first line of a message. */
static void first_line(const char *words, char *line, size_t size)
{
	snprintf(line, size, "%.*s", (int)strcspn(words, "\n"), words);
	error_one_line(line);
}

static int server_error(const struct postgres *p, const PGresult *r, const char *what,
			struct error *e)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *words = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	char line[300];

	if (PQstatus(p->connection) != CONNECTION_OK) {
		first_line(words ? words : PQerrorMessage(p->connection), line, sizeof(line));
		return error_set(e, ERROR_UNAVAILABLE,
				 "the connection to the database was lost: %s: %s", what, line);
	}
	first_line(words ? words : PQerrorMessage(p->connection), line, sizeof(line));
	return error_set(e, postgres_code(state), "the database refuses: %s: %s", what, line);
}

static void ignore_notice(void *user, const char *message)
{
	(void)user;
	(void)message;
}

/* --- connection --- */

/*
 * In its verbose form a message holds "SEVERITY:  SQLSTATE: words", the only way to the SQLSTATE
 * of a connection that did not come about.  Moves the words to the front; false: it has none.
 */
static bool take_sqlstate(char *line, char state[6])
{
	for (char *s = strstr(line, ":  "); s; s = strstr(s + 1, ":  ")) {
		size_t n = strspn(s + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		if (n == 5 && s[8] == ':' && s[9] == ' ') {
			memcpy(state, s + 3, 5);
			state[5] = 0;
			memmove(line, s + 10, strlen(s + 10) + 1);
			return true;
		}
	}
	return false;
}

static int connect_error(const struct postgres *p, bool late, struct error *e)
{
	char line[300], state[6];

	if (late)
		return error_set(e, ERROR_UNAVAILABLE,
				 "the database server did not answer within %d s",
				 (int)CONNECT_SECONDS);
	first_line(PQerrorMessage(p->connection), line, sizeof(line));
	if (take_sqlstate(line, state))
		return error_set(e, postgres_code(state), "the database server refuses: %s", line);
	if (PQconnectionNeedsPassword(p->connection))
		return error_set(e, ERROR_PERMISSION,
				 "the database server wants a password: PGPASSWORD or ~/.pgpass "
				 "may give it");
	return error_set(e, ERROR_UNAVAILABLE, "no connection to the database: %s", line);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Let libpq go on until it is connected or has failed; false: it took too long. */
static bool wait_connected(PGconn *c)
{
	int64_t end = now_ms() + CONNECT_SECONDS * 1000;
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
		int64_t left = end - now_ms();
		struct pollfd fd = { .fd = PQsocket(c),
				     .events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT };

		if (left <= 0)
			return false;
		if (poll(&fd, 1, (int)left) > 0)
			status = PQconnectPoll(c);
	}
	return true;
}

/* What the user's text sets, and what is ours. */
static PGconn *start(const PQconninfoOption *settings)
{
	const char *keys[SETTINGS_MAX + 3], *values[SETTINGS_MAX + 3];
	size_t n = 0;

	for (const PQconninfoOption *s = settings; s->keyword && n < SETTINGS_MAX; s++) {
		if (!s->val || !strcmp(s->keyword, "client_encoding"))
			continue;
		keys[n] = s->keyword;
		values[n++] = s->val;
	}
	keys[n] = "client_encoding";
	values[n++] = "UTF8";
	keys[n] = "fallback_application_name";
	values[n++] = "balkhash";
	keys[n] = values[n] = NULL;
	return PQconnectStartParams(keys, values, 0);
}

int postgres_connect(struct postgres **out, const char *where, struct error *e)
{
	PQconninfoOption *settings = PQconninfoParse(where, NULL);
	struct postgres *p;
	bool in_time = true;

	/* libpq's words on it would repeat parts of it. */
	if (!settings)
		return error_set(
			e, ERROR_USAGE,
			"what follows PG: is not a connection string of PostgreSQL, such as "
			"\"host=localhost dbname=lakes\" or postgresql://localhost/lakes");
	p = calloc(1, sizeof(*p));
	if (p)
		p->connection = start(settings);
	PQconninfoFree(settings);
	if (!p || !p->connection) {
		free(p);
		return error_nomem(e, "a connection to a database");
	}
	PQsetNoticeProcessor(p->connection, ignore_notice, NULL);
	PQsetErrorVerbosity(p->connection, PQERRORS_VERBOSE);
	if (PQstatus(p->connection) != CONNECTION_BAD)
		in_time = wait_connected(p->connection);
	if (!in_time || PQstatus(p->connection) != CONNECTION_OK) {
		connect_error(p, !in_time, e);
		postgres_close(p);
		return -1;
	}
	PQsetErrorVerbosity(p->connection, PQERRORS_TERSE);
	*out = p;
	return 0;
}

void postgres_close(struct postgres *p)
{
	if (!p)
		return;
	PQfinish(p->connection);
	free(p);
}

/* --- statements --- */

/* Take a result; 0 if it is one of success. */
static int check_result(struct postgres *p, PGresult *r, const char *what, struct error *e)
{
	ExecStatusType status = PQresultStatus(r);

	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return 0;
	return server_error(p, r, what, e);
}

int postgres_run(struct postgres *p, const char *sql, const char *what, struct error *e)
{
	PGresult *r = PQexec(p->connection, sql);
	int ret = check_result(p, r, what, e);

	PQclear(r);
	return ret;
}

int postgres_runf(struct postgres *p, const char *what, struct error *e, const char *fmt, ...)
{
	char *sql = NULL;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vasprintf(&sql, fmt, ap);
	va_end(ap);
	if (ret < 0)
		return error_nomem(e, what);
	ret = postgres_run(p, sql, what, e);
	free(sql);
	return ret;
}

int postgres_ask(struct postgres *p, const char *what, const char *sql,
		 const char *const *parameters, char **value, struct error *e)
{
	PGresult *r;
	int n = 0, ret;

	while (parameters && parameters[n])
		n++;
	r = PQexecParams(p->connection, sql, n, NULL, parameters, NULL, NULL, 0);
	ret = check_result(p, r, what, e);
	if (value)
		*value = NULL;
	if (!ret && value && PQntuples(r) > 0 && !PQgetisnull(r, 0, 0)) {
		*value = strdup(PQgetvalue(r, 0, 0));
		if (!*value)
			ret = error_nomem(e, "a value of the database");
	}
	PQclear(r);
	return ret;
}

/* libpq's memory as the caller's. */
static char *take(struct postgres *p, char *quoted, struct error *e)
{
	char *copy = quoted ? strdup(quoted) : NULL;
	char line[200];

	if (!quoted) {
		first_line(PQerrorMessage(p->connection), line, sizeof(line));
		error_set(e, ERROR_DATA, "a name for the database: %s", line);
	} else if (!copy) {
		error_nomem(e, "a name for the database");
	}
	PQfreemem(quoted);
	return copy;
}

char *postgres_quote_name(struct postgres *p, const char *name, struct error *e)
{
	return take(p, PQescapeIdentifier(p->connection, name, strlen(name)), e);
}

char *postgres_quote_text(struct postgres *p, const char *text, struct error *e)
{
	return take(p, PQescapeLiteral(p->connection, text, strlen(text)), e);
}

/* --- COPY --- */

int postgres_copy_begin(struct postgres *p, const char *sql, struct error *e)
{
	PGresult *r = PQexec(p->connection, sql);
	int ret = PQresultStatus(r) == PGRES_COPY_IN ? 0 : server_error(p, r, "rows", e);

	PQclear(r);
	return ret;
}

/* Both ways a COPY ends; its result says what went wrong before. */
static int end_copy(struct postgres *p, struct error *e)
{
	int ret = 0;

	for (PGresult *r = PQgetResult(p->connection); r; r = PQgetResult(p->connection)) {
		if (!ret)
			ret = check_result(p, r, "rows", e);
		PQclear(r);
	}
	if (!ret && PQstatus(p->connection) != CONNECTION_OK)
		ret = server_error(p, NULL, "rows", e);
	return ret;
}

int postgres_copy(struct postgres *p, const char *data, size_t size, struct error *e)
{
	/* libpq counts in int: a longer row goes in pieces. */
	const size_t most = (size_t)1 << 24;

	for (size_t n; size; data += n, size -= n) {
		n = size < most ? size : most;
		if (PQputCopyData(p->connection, data, (int)n) == 1)
			continue;
		if (!end_copy(p, e))
			server_error(p, NULL, "rows", e);
		return -1;
	}
	return 0;
}

int postgres_copy_end(struct postgres *p, struct error *e)
{
	if (PQputCopyEnd(p->connection, NULL) != 1)
		return server_error(p, NULL, "rows", e);
	return end_copy(p, e);
}
