/* SPDX-License-Identifier: Apache-2.0
 *
 * postgres.h - a connection to PostgreSQL: statements, one value back, rows in by COPY.
 * postgres.c is the only file that uses libpq; it connects where its caller says and nowhere
 * else, and its messages never repeat a password or a connection string.
 *
 * Errors of all functions follow the server's SQLSTATE, in any language of the server
 * (postgres_code()); a connection that is lost is UNAVAILABLE.  One thread.
 */
#ifndef PIPELINE_IO_POSTGRES_H
#define PIPELINE_IO_POSTGRES_H

#include <stddef.h>

#include "pipeline/base/error.h"

struct postgres;

/*
 * Connect by a connection string or URI of libpq; what it leaves out comes from the user's
 * environment and ~/.pgpass, as with psql.  Waits at most half a minute.  USAGE: not a connection string;
 * UNAVAILABLE: no server answers; PERMISSION: not let in; CONFIG: no such database.
 */
int postgres_connect(struct postgres **out, const char *where, struct error *e);

/* Disconnect: the server rolls back a transaction that is open.  NULL is fine. */
void postgres_close(struct postgres *p);

/* Run statements without parameters, their results thrown away.  what: "table x", for messages. */
int postgres_run(struct postgres *p, const char *sql, const char *what, struct error *e);

/* The same with printf's format, of texts that postgres_quote_*() has quoted. */
int postgres_runf(struct postgres *p, const char *what, struct error *e, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Run one statement with parameters $1, $2 ... (a list that NULL ends; or NULL).  *value: the first
 * value of the first row, to be freed; NULL if there is no row or it is NULL.  value may be NULL.
 */
int postgres_ask(struct postgres *p, const char *what, const char *sql,
		 const char *const *parameters, char **value, struct error *e);

/*
 * As a name ("...") and as a text ('...') inside a statement; to be freed.  NULL with e set: not
 * valid UTF-8, or no memory.
 */
char *postgres_quote_name(struct postgres *p, const char *name, struct error *e);
char *postgres_quote_text(struct postgres *p, const char *text, struct error *e);

/* Rows into the COPY ... FROM STDIN that sql is: lines in PostgreSQL's text format. */
int postgres_copy_begin(struct postgres *p, const char *sql, struct error *e);
int postgres_copy(struct postgres *p, const char *data, size_t size, struct error *e);
int postgres_copy_end(struct postgres *p, struct error *e);

/*
 * The code of an SQLSTATE (PostgreSQL's documentation, appendix A); IO for one that no rule is
 * for, UNAVAILABLE for NULL (the server said nothing).
 */
enum error_code postgres_code(const char *sqlstate);

#endif
