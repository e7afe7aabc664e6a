/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h - the one option table and what it fills.
 *
 * The table gives the command line parser, --help, the man page and the bash
 * completion, and names the keys of a configuration file.  Options are read
 * once, checked once, and constant from then on.
 */
#ifndef PIPELINE_BASE_OPTIONS_H
#define PIPELINE_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pipeline/base/error.h"

enum command {
	COMMAND_INFO,
	COMMAND_SCENE,
	COMMAND_MOSAIC,
	COMMAND_CHANGE,
	COMMAND_RUN,
	COMMAND_STATUS,
	COMMAND_VERIFY,
	COMMAND_SLURM,
	COMMAND_NR,
	COMMAND_NONE = COMMAND_NR, /* --help, --man, --bash-completion: answered already */
	COMMAND_VERSION,	   /* --version: for main, which knows the libraries */
};

/* What -co, repeated, gives. */
struct option_list {
	char **values;
	size_t nr;
};

struct option_spec; /* options_table.h */

/* An option as it was given. */
struct option_given {
	const struct option_spec *spec;
	unsigned commands; /* bit set of those it is meant for */
	char **words;
	size_t words_nr;
	char *origin; /* "FILE:12", "BALKHASH_THREADS"; NULL: the command line */
};

/* What one source of options gives, in its order.  Owns it all; {0} is empty. */
struct given_list {
	struct option_given *items;
	size_t nr;
};

/* Zero plus options_init() is the built-in configuration.  Owns its strings. */
struct options {
	char *output;		   /* -o: folder */
	char *lake;		   /* name or file; NULL: the product's own grid */
	double tr[2];		   /* pixel size x, y [m]; 0: not given */
	double te[4];		   /* xmin ymin xmax ymax [m]; all 0: not given */
	char *t_srs;		   /* NULL: not given */
	char *layers;		   /* comma-separated; NULL: the command's default */
	char *method;		   /* NAME or NAME:fixed|otsu|edge, as stage/method.h reads it */
	struct option_list limits; /* --set NAME=VALUE, as stage/limits.h reads it */
	char *masks;		   /* "product" or "none" */
	char *rayleigh;		   /* "auto" (Level-1 only) or "none" */
	char *glint;		   /* "swir", "direct" or "none" */
	char *regression;	   /* as stage/regression.h reads it; NULL: none */
	char *bathymetry;	   /* GeoTIFF of depths; NULL: none */
	char *offset;		   /* "product", "none", "-1000": of Sentinel-2 reflectance */
	char *stage;	/* folder for what is unpacked or fetched; NULL: $TMPDIR, else /tmp */
	char *hosts;	/* hosts whose files a STAC Item may name, by commas; NULL: its own only */
	bool direct;	/* read remote files in place */
	char *rule;	/* mosaic: "frequency" */
	int target_day; /* mosaic: day of the year 1..366 for rule best; 0: not given */
	char *fill;	/* mosaic: mosaics to fill gaps from, by commas; NULL: none */
	char *period;	/* mosaic: "FROM/TO", both as utc_parse() takes them; NULL: all */
	char *vectors; /* change: "PG:" and where a database is; NULL: a GeoPackage.  May hold a password */
	char *levels;	  /* change: CSV of dates and levels of the lake; NULL: none */
	int mmu;	  /* change: minimum mapping unit [pixels] */
	int min_coverage; /* change: of the outline, for a total [percent] */
	char *transects;  /* change: a file of lines across the shore; NULL: they are cast */
	char *baseline; /* change: a file of lines that transects are cast from; NULL: BEFORE's shore */
	int spacing, transect_length; /* change: of transects that are cast [m] */
	struct option_list creation;  /* -co NAME=VALUE */
	int threads;		      /* 1..1024; default: CPUs this process may use */
	size_t memory;		      /* bytes of resident memory; default 1 GiB */
	char *isa;		      /* NULL: the fastest */
	int tile; /* side of a working tile [pixels]: multiple of 64 in 128..2048 */
	bool overwrite, json, quiet, timing;
	bool replace; /* as run asks for it: another unit's result is replaced, this one's stands */
	int verbose;
	char *log_format; /* "text" or "json" */
	/* --- run, status, slurm; what they are for is in the table --- */
	struct option_list products, search;
	char *collections; /* by commas; NULL: all */
	int cloud_cover;   /* 0..100 [percent] */
	int settle;	   /* [s] */
	char *changes;	   /* "all", "consecutive" or "none" */
	int completeness;  /* 0..100 [percent] */
	char *metrics;	   /* file; NULL: none */
	char *index;	   /* "none", "gpkg" or "PG:..."; the last may hold a password */
	int alert_days;	   /* 0: never */
	int attempts;
	int lease, time_limit; /* [s] */
	bool plan, dump_config, dry_run;
	char *unit;		   /* "N" or "N-M" as it was given; NULL: all */
	char *stages;		   /* by commas, as given; NULL: all */
	char *partition, *account; /* slurm; NULL: the cluster's */
	int tasks, chunk;	   /* slurm; 0: not given */
	/* --- where it is all from --- */
	struct given_list environment; /* BALKHASH_*, also those of other commands */
	struct given_list given;       /* on the command line */
	struct option_list warnings;   /* lines for the log: of the environment */
	char **paths;		       /* what is left on the command line */
	size_t paths_nr;
};

/* An option as text: its key, and its value in one spelling (numbers as short as they can be). */
struct option_value {
	const char *key;
	char value[200]; /* "sha256:<hex>" of a value that is longer */
};

void options_init(struct options *o);
void options_release(struct options *o);

/*
 * Take BALKHASH_<KEY> (the key in upper case, '-' as '_') from environment, an array of
 * NAME=VALUE that ends with NULL, as environ is; before options_parse(), which sets what the
 * command takes, below what the command line gives.  A variable that is empty counts as not set;
 * lists and pairs are parted by line ends, flags are yes or no.  A variable that is no key is told
 * in o->warnings, naming the nearest.  Only fails without memory: values are checked when
 * they are set.
 */
int options_environment(struct options *o, char *const *environment, struct error *e);

/*
 * Read the command line.  Sets *command; COMMAND_NONE if --help, --man or
 * --bash-completion was answered on out; COMMAND_VERSION for --version.  USAGE (naming the
 * nearest option or command) if it is wrong, CONFIG if a value of the
 * environment is.  Spellings as in GDAL: -tr X Y, -te XMIN YMIN
 * XMAX YMAX, -t_srs DEF, -co N=V, -o DIR; --name VALUE and --name=VALUE for the others, with
 * one dash or two; options before and after paths; -- ends options.
 */
int options_parse(struct options *o, enum command *command, int argc, char *const *argv, FILE *out,
		  struct error *e);

/*
 * The options of this command that change pixels and have a value, given or built in: part of
 * a result's identity (unit id).  In table order, into the caller's array of max; returns how
 * many.  Of --lake only the last part of a path: what the lake's file says is for the caller.
 */
size_t options_that_change_pixels(const struct options *o, enum command command,
				  struct option_value *values, size_t max);

/* Key of an option as a variable of the environment: "BALKHASH_MIN_COVERAGE". */
void option_variable(const char *key, char *name, size_t size);

/* "info", "scene" ...; NULL for COMMAND_NONE and above. */
const char *command_name(enum command command);

/* --help of a command (COMMAND_NONE: of the program), the man page (roff), the completion script. */
void options_help(enum command command, FILE *out);
void options_man(FILE *out);
void options_completion(FILE *out);

#endif
