/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/app/version.h"

#include <string.h>

#include <gdal.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <proj.h>
#include <tiffio.h>

void version_print(const struct kernels *kernels, FILE *out)
{
	/* "LIBTIFF, Version 4.5.0\nCopyright ..." */
	const char *tiff = TIFFGetVersion(), *version = strstr(tiff, "Version ");

	tiff = version ? version + strlen("Version ") : tiff;
	fprintf(out, "balkhash %s\n", BALKHASH_VERSION);
	fprintf(out, "GDAL %s\n", GDALVersionInfo("RELEASE_NAME"));
	fprintf(out, "PROJ %s\n", proj_info().version);
	fprintf(out, "libtiff %.*s\n", (int)strcspn(tiff, "\n"), tiff);
	fprintf(out, "jansson %s\n", jansson_version_str());
	fprintf(out, "OpenSSL %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
	fprintf(out, "instruction set %s\n", kernels->isa);
}
