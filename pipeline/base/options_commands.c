/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/base/options_table.h"

/* clang-format off: a table, one entry a paragraph. */
const struct command_spec command_table[COMMAND_NR] = {
	[COMMAND_INFO] = { "info", "PRODUCT...", 1, 0, false,
			   "show what a product is: mission, level, time, bands, masks, grid, what is missing" },
	[COMMAND_SCENE] = { "scene", "PRODUCT... -o DIR", 1, 0, true,
			    "map the water in each product: one observation, DIR/ID, for each granule" },
	[COMMAND_MOSAIC] = { "mosaic", "OBSERVATION... -o DIR", 1, 0, true,
			     "combine observations into one mosaic, DIR; or merge windows (-te) of one mosaic" },
	[COMMAND_CHANGE] = { "change", "BEFORE [BETWEEN...] AFTER -o DIR", 2, 0, true,
			     "compare two mosaics or observations, with others between them: change map, shorelines, areas and their series, DIR" },
	[COMMAND_RUN] = { "run", "CONFIG", 1, 1, false,
			  "do all that a configuration says and that is not done yet: observations, mosaics, change maps" },
	[COMMAND_STATUS] = { "status", "CONFIG", 1, 1, false,
			     "say what is done, failed, waiting, and why" },
	[COMMAND_VERIFY] = { "verify", "DIR...", 1, 0, false,
			     "read results again: checksums, rasters, STAC; and the output of a run: is all of it there?" },
	[COMMAND_SLURM] = { "slurm", "CONFIG", 1, 1, false, "do what run does on a Slurm cluster" },
};
/* clang-format on */

const char *command_name(enum command command)
{
	return command < COMMAND_NR ? command_table[command].name : NULL;
}
