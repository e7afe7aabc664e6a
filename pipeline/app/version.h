/* SPDX-License-Identifier: Apache-2.0
 *
 * version.h - what this program is made of.
 */
#ifndef PIPELINE_APP_VERSION_H
#define PIPELINE_APP_VERSION_H

#include <stdio.h>

#include "kernels/kernels.h"

/*
 * One line each: the program, the libraries as they are at run time (not as they were when it
 * was built), the instruction set in use.
 */
void version_print(const struct kernels *kernels, FILE *out);

#endif
