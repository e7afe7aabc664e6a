#include "pipeline/io/input.h"
#include <stdlib.h>
#include <string.h>
int input_open(struct input *in, const char *path, const struct input_options *options, struct error *e)
{
	size_t n = strlen(path);
	(void)options;
	*in = (struct input){ .path = strdup(path), .form = strdup("folder") };
	if (!in->path) return error_nomem(e, "a path");
	while (n > 1 && in->path[n - 1] == '/') in->path[--n] = 0;
	return 0;
}
void input_release(struct input *in) { free(in->path); free(in->form); }
bool input_arriving(const char *name) { (void)name; return false; }
