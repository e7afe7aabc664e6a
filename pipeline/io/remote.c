/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/io/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <curl/curl.h>

#include "pipeline/io/fetch.h"
#include "pipeline/io/gdal.h"

/* How a remote path may begin, and what stands there in GDAL's spelling. */
static const struct {
	const char *prefix, *vsi;
	size_t cut; /* characters of the path that vsi replaces */
} spellings[] = {
	{ "/vsicurl/", "", 0 },		{ "/vsis3/", "", 0 },	   { "http://", "/vsicurl/", 0 },
	{ "https://", "/vsicurl/", 0 }, { "s3://", "/vsis3/", 5 },
};

static bool begins(const char *path, const char *prefix)
{
	return !strncasecmp(path, prefix, strlen(prefix));
}

bool remote_is(const char *path)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (begins(path, spellings[i].prefix))
			return true;
	return false;
}

char *remote_vsi(const char *path)
{
	char *vsi = NULL;

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (begins(path, spellings[i].prefix))
			return asprintf(&vsi, "%s%s", spellings[i].vsi, path + spellings[i].cut) < 0
				       ? NULL
				       : vsi;
	return NULL;
}

/* "host:port" of an address; the port only if it is not the scheme's own. */
static char *host_of(const char *address)
{
	char *host = NULL, *port = NULL, *text = NULL;
	CURLU *url = curl_url();

	if (url && !curl_url_set(url, CURLUPART_URL, address, 0) &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0)) {
		if (curl_url_get(url, CURLUPART_PORT, &port, 0))
			port = NULL;
		if (asprintf(&text, "%s%s%s", host, port ? ":" : "", port ? port : "") < 0)
			text = NULL;
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
	return text;
}

char *remote_host(const char *path)
{
	char *vsi = remote_vsi(path), *host = NULL;

	if (vsi && begins(vsi, "/vsis3/"))
		host = strndup(vsi + 7, strcspn(vsi + 7, "/"));
	else if (vsi)
		host = host_of(vsi + strlen("/vsicurl/"));
	free(vsi);
	return host;
}

bool remote_allowed(const char *address, const char *own, const char *hosts)
{
	char *host = remote_host(address), *own_host = remote_is(own) ? remote_host(own) : NULL;
	bool allowed = host && own_host && !strcasecmp(own_host, host);

	free(own_host);
	while (host && !allowed && hosts && *hosts) {
		size_t n = strcspn(hosts, ",");

		allowed = strlen(host) == n && !strncasecmp(hosts, host, n);
		hosts += n + (hosts[n] == ',');
	}
	free(host);
	return allowed;
}

/* The address of a path; of an object in a bucket signed anew each time. */
static char *address_of(void *context, struct error *e)
{
	const char *vsi = context;
	struct gdal_errors c;
	char *signed_url, *url;

	if (begins(vsi, "/vsicurl/"))
		return strdup(vsi + strlen("/vsicurl/"));
	gdal_begin(&c);
	if (CPLTestBool(CPLGetConfigOption("AWS_NO_SIGN_REQUEST", "NO")))
		signed_url = CPLStrdup(VSIGetActualURL(vsi));
	else
		signed_url = VSIGetSignedURL(vsi, NULL);
	if (gdal_end(&c, e, ERROR_PERMISSION, "cannot sign the address of %s", vsi) ||
	    !signed_url) {
		CPLFree(signed_url);
		if (!e->code)
			error_set(e, ERROR_PERMISSION, "cannot sign the address of %s", vsi);
		return NULL;
	}
	url = strdup(signed_url);
	CPLFree(signed_url);
	if (!url)
		error_nomem(e, "an address");
	return url;
}

int remote_fetch(const char *path, const char *local, struct error *e)
{
	char *vsi = remote_vsi(path);
	int ret;

	if (!vsi)
		return error_set(e, ERROR_DATA, "%s is no remote file", path);
	ret = fetch_file(address_of, vsi, path, begins(vsi, "/vsis3/"), local, e);
	free(vsi);
	return ret;
}
