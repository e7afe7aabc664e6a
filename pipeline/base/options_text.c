/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/options_table.h"

#include <string.h>

#define WIDTH	 79  /* columns of --help */
#define INDENT	 28  /* of the words beside an option */
#define TEXT_MAX 400 /* of one help text */

static const struct {
	enum error_code code;
	const char *text;
} exit_table[] = {
	{ ERROR_NONE, "Done, also when there was nothing to do." },
	{ ERROR_PARTIAL, "Several products were given and some failed; each is named." },
	{ ERROR_USAGE, "The command line is wrong." },
	{ ERROR_DATA, "Bad data: trying again will not help." },
	{ ERROR_NOINPUT, "An input is missing, or does not overlap the lake." },
	{ ERROR_UNAVAILABLE, "A remote service was gone, also after retries." },
	{ ERROR_BUG, "A bug in the program, or no memory." },
	{ ERROR_CANTCREATE, "The result exists, or cannot be created." },
	{ ERROR_IO, "The disk is full, or reading or writing failed." },
	{ ERROR_TEMPORARY, "Try again later: locked, or still arriving." },
	{ ERROR_PERMISSION, "Permission denied." },
	{ ERROR_CONFIG, "The configuration is wrong, or --memory is less than the job needs." },
};

static bool is_command(enum command command)
{
	return command < COMMAND_NR;
}

/* "-o, --output DIR", "--lake NAME|FILE" ... */
static void format_spelling(const struct option_spec *s, char *text, size_t size)
{
	bool is_short = s->spelling[1] != '-' && !s->spelling[2];

	snprintf(text, size, "%s%s%s%s%s", s->spelling, is_short ? ", --" : "",
		 is_short ? s->name : "", s->metavar ? " " : "", s->metavar ? s->metavar : "");
}

/* The help of an option or a command, with what is built in; as a sentence: "Text.". */
static void format_help(const char *help, const char *preset, bool sentence, char *text,
			size_t size)
{
	snprintf(text, size, "%s%s%s%s%s", help, preset ? " (default: " : "", preset ? preset : "",
		 preset ? ")" : "", sentence ? "." : "");
	if (sentence && text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
}

/* --- --help --- */

/* Words from this column on, broken before WIDTH. */
static void print_wrapped(const char *text, int column, int indent, FILE *out)
{
	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column > indent && column + 1 + length > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", length, text);
		column += length;
		text += length + (text[length] == ' ');
	}
}

static void help_option(const struct option_spec *s, FILE *out)
{
	char left[80], text[TEXT_MAX];
	int n;

	format_spelling(s, left, sizeof(left));
	format_help(s->help, s->preset, false, text, sizeof(text));
	n = fprintf(out, "  %s", left);
	if (n > INDENT - 2) {
		fputc('\n', out);
		n = 0;
	}
	fprintf(out, "%*s", INDENT - n, "");
	print_wrapped(text, INDENT, INDENT, out);
	fputc('\n', out);
}

/* Options that are keys of a configuration, as run and its like show them. */
static const struct {
	const char *section;
	unsigned stages; /* that take them, in [options] */
	const char *title;
} group_table[] = {
	{ COMMAND_LINE_ONLY, 0, "Options of the command line only" },
	{ "inputs", 0, "Keys of [inputs] in CONFIG, and options" },
	{ "output", 0, "Keys of [output], and options" },
	{ "slurm", 0, "Keys of [slurm], and options" },
	{ "lake", 0, "Keys of [lake], and options" },
	{ "options", COMMANDS(SCENE), "Keys of [options] or [options scene], and options" },
	{ "options", COMMANDS(MOSAIC), "Keys of [options] or [options mosaic], and options" },
	{ "options", COMMANDS(CHANGE), "Keys of [options] or [options change], and options" },
	{ "options", STAGES, "Keys of [options], also of one command, and options" },
};

static bool in_group(const struct option_spec *s, size_t group)
{
	return s->type != OPTION_ANSWER && !strcmp(option_section(s), group_table[group].section) &&
	       (!group_table[group].stages || (s->commands & STAGES) == group_table[group].stages);
}

/* The options of a command that reads a configuration, by section. */
static void help_keys(enum command command, FILE *out)
{
	for (size_t k = 0; k < sizeof(group_table) / sizeof(group_table[0]); k++) {
		bool any = false;

		for (size_t i = 0; i < option_table_nr; i++) {
			const struct option_spec *s = &option_table[i];

			if (!(s->commands & 1u << command) || !in_group(s, k))
				continue;
			if (!any)
				fprintf(out, "\n%s:\n", group_table[k].title);
			any = true;
			help_option(s, out);
		}
	}
	fprintf(out, "\nOther options:\n");
	for (size_t i = 0; i < option_table_nr; i++)
		if (option_table[i].type == OPTION_ANSWER)
			help_option(&option_table[i], out);
}

/* The options of one command, or (COMMAND_NONE) those of all. */
static void help_options(enum command command, FILE *out)
{
	bool own = false;

	for (size_t i = 0; is_command(command) && i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];

		if (s->commands == COMMANDS_ALL || !(s->commands & 1u << command))
			continue;
		if (!own)
			fprintf(out, "\nOptions of %s:\n", command_name(command));
		own = true;
		help_option(s, out);
	}
	fprintf(out, "\nOptions of every command:\n");
	for (size_t i = 0; i < option_table_nr; i++)
		if (option_table[i].commands == COMMANDS_ALL)
			help_option(&option_table[i], out);
}

static void help_program(FILE *out)
{
	fprintf(out, "Usage: balkhash COMMAND [OPTION]... PATH...\n\n"
		     "Satellite scenes of a lake in, maps of how the lake changes out.\n\n"
		     "Commands:\n");
	for (size_t c = 0; c < COMMAND_NR; c++) {
		fprintf(out, "  %-9s ", command_table[c].name);
		print_wrapped(command_table[c].help, 12, 12, out);
		fputc('\n', out);
	}
	help_options(COMMAND_NONE, out);
	fprintf(out, "\nbalkhash COMMAND --help shows the options of a command;\n"
		     "the manual page (balkhash --man) explains the exit status.\n");
}

void options_help(enum command command, FILE *out)
{
	const struct command_spec *c = is_command(command) ? &command_table[command] : NULL;
	char text[TEXT_MAX];

	if (!c) {
		help_program(out);
		return;
	}
	fprintf(out, "Usage: balkhash %s [OPTION]... %s\n\n", c->name, c->synopsis);
	format_help(c->help, NULL, true, text, sizeof(text));
	print_wrapped(text, 0, 0, out);
	fputc('\n', out);
	if (CONFIGURED & 1u << command)
		help_keys(command, out);
	else
		help_options(command, out);
}

/* --- the manual page --- */

/* Text in which roff sees no requests and no hyphens to break at. */
static void roff(const char *text, FILE *out)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
	}
}

static void man_command(const struct command_spec *c, FILE *out)
{
	char text[TEXT_MAX];

	format_help(c->help, NULL, true, text, sizeof(text));
	fprintf(out, ".TP\n.B ");
	roff(c->name, out);
	fputc(' ', out);
	roff(c->synopsis, out);
	fputc('\n', out);
	roff(text, out);
	fputc('\n', out);
}

static void man_option(const struct option_spec *s, FILE *out)
{
	char left[80], text[TEXT_MAX];
	const char *before = "\nOnly of ";

	format_spelling(s, left, sizeof(left));
	fputs(".TP\n.B ", out);
	roff(left, out);
	fputc('\n', out);
	format_help(s->help, s->preset, true, text, sizeof(text));
	roff(text, out);
	for (size_t c = 0; s->commands != COMMANDS_ALL && c < COMMAND_NR; c++) {
		if (!(s->commands & 1u << c))
			continue;
		fprintf(out, "%s%s", before, command_table[c].name);
		before = ", ";
	}
	fputs(s->commands == COMMANDS_ALL ? "\n" : ".\n", out);
}

/* The keys of a section, by commas. */
static void man_keys(const char *section, FILE *out)
{
	const char *before = "";

	fputs(".TP\n.B ", out);
	fprintf(out, "[%s]\n", section);
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];

		if (s->type == OPTION_ANSWER || strcmp(option_section(s), section) != 0)
			continue;
		fputs(before, out);
		roff(s->name, out);
		before = ", ";
	}
	fputc('\n', out);
}

static void man_configuration(FILE *out)
{
	static const char *const sections[] = { "lake", "inputs", "output", "slurm", "options" };

	fputs(".SH CONFIGURATION\n"
	      "CONFIG of run, status and slurm is an INI file. Its keys are options, without\n"
	      "their dashes; flags are yes or no. Paths are relative to the folder of the file.\n"
	      "A line that begins with \\(lq;\\(rq is a comment, and so is what follows a blank and\n"
	      "\\(lq;\\(rq. Above the file stands the environment, above that the command line.\n"
	      "\\-\\-dump\\-config shows what they are together, and where each value is from.\n",
	      out);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		man_keys(sections[i], out);
	fputs(".TP\n.B [options scene]\n.TQ\n.B [options mosaic]\n.TQ\n.B [options change]\n"
	      "Keys of [options] for one command.\n"
	      ".TP\n.B [period NAME]\nA mosaic: from and to, or period = FROM/TO.\n"
	      ".TP\n.B [change NAME]\nA change map: periods = NAME, NAME, ...\n"
	      ".SH ENVIRONMENT\n"
	      "Each option that is a key has a variable: BALKHASH_MIN_COVERAGE is\n"
	      "\\-\\-min\\-coverage. One that is empty counts as not set; several values of an\n"
	      "option that may be given several times stand on lines of their own.\n",
	      out);
}

void options_man(FILE *out)
{
	fputs(".TH BALKHASH 1 \"\" \"balkhash " BALKHASH_VERSION "\" \"User Commands\"\n"
	      ".SH NAME\nbalkhash \\- maps of how a lake changes, from satellite scenes\n"
	      ".SH SYNOPSIS\n.B balkhash\n.I COMMAND\n.RI [ OPTION ]...\n.IR PATH ...\n"
	      ".SH DESCRIPTION\n"
	      "Products of Landsat and Sentinel\\-2 as USGS and ESA deliver them go in; water\n"
	      "extent, mosaics, change maps, shorelines and areas come out.\n"
	      "Data go to standard output, talk to standard error.\n"
	      "Options may stand before and after paths;\n.B \\-\\-\nends them.\n"
	      "A value follows its option, or stands after \\(lq=\\(rq in the same word.\n"
	      ".SH COMMANDS\n",
	      out);
	for (size_t c = 0; c < COMMAND_NR; c++)
		man_command(&command_table[c], out);
	fputs(".SH OPTIONS\n", out);
	for (size_t i = 0; i < option_table_nr; i++)
		man_option(&option_table[i], out);
	man_configuration(out);
	fputs(".SH EXIT STATUS\n", out);
	for (size_t i = 0; i < sizeof(exit_table) / sizeof(exit_table[0]); i++) {
		fprintf(out, ".TP\n.B %d\n", (int)exit_table[i].code);
		roff(exit_table[i].text, out);
		fputc('\n', out);
	}
	fputs(".PP\nA single product gives its own status. Every error is one line: what was\n"
	      "being done, to which file, what is wrong, what to do.\n"
	      ".SH EXAMPLES\n.nf\n"
	      "balkhash info LC09_L2SP_150028_20240712_20240713_02_T1\n"
	      "balkhash scene \\-\\-lake balkhash \\-o observations LC09_L2SP_150028_*\n"
	      "balkhash mosaic \\-\\-lake balkhash \\-o 2024 observations/*_2024*\n"
	      "balkhash change 1994 2024 \\-o change\n"
	      "balkhash run lake.ini\n"
	      ".fi\n",
	      out);
}

/* --- completion --- */

static void completion_words(enum command command, FILE *out)
{
	for (size_t i = 0; i < option_table_nr; i++)
		if (!is_command(command) ? option_table[i].commands == COMMANDS_ALL
					 : option_table[i].commands & 1u << command)
			fprintf(out, " %s", option_table[i].spelling);
}

static void completion_values(FILE *out)
{
	for (size_t i = 0; i < option_table_nr; i++) {
		const struct option_spec *s = &option_table[i];

		if (s->type != OPTION_CHOICE)
			continue;
		fprintf(out, "\t%s) words=\"", s->spelling);
		for (const char *c = s->choices; *c; c++)
			fputc(*c == '|' ? ' ' : *c, out);
		fputs("\" ;;\n", out);
	}
}

void options_completion(FILE *out)
{
	fputs("# bash completion of balkhash: from balkhash --bash-completion\n"
	      "_balkhash()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command= word words=\n\n"
	      "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	      "\t\tcase $word in\n\t\t",
	      out);
	for (size_t c = 0; c < COMMAND_NR; c++)
		fprintf(out, "%s%s", c ? "|" : "", command_table[c].name);
	fputs(") command=$word; break ;;\n\t\tesac\n\tdone\n"
	      "\tcase $command in\n",
	      out);
	for (size_t c = 0; c < COMMAND_NR; c++) {
		fprintf(out, "\t%s) words=\"", command_table[c].name);
		completion_words((enum command)c, out);
		fputs("\" ;;\n", out);
	}
	fputs("\t*) words=\"", out);
	for (size_t c = 0; c < COMMAND_NR; c++)
		fprintf(out, "%s ", command_table[c].name);
	completion_words(COMMAND_NONE, out);
	fputs("\" ;;\n\tesac\n\tif [[ $command && $cur != -* ]]; then\n\t\twords=\n\tfi\n"
	      "\tcase $prev in\n",
	      out);
	completion_values(out);
	/* Nothing found: -o default lets readline complete file names, with their spaces. */
	fputs("\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
	      "complete -o default -F _balkhash balkhash\n",
	      out);
}
