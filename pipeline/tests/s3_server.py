#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for S3 on loopback: one bucket, "lake", whose objects are the files below a folder.

s3_server.py FOLDER KEY SECRET   prints its port, then serves until it is killed.

Lists (ListObjects, ListObjectsV2: prefix, delimiter), HEAD and GET with Range.  Every request must be signed by the
key; the signature of a presigned address is computed again (AWS Signature Version 4) and compared.
"""
import hashlib
import hmac
import os
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

FOLDER, KEY, SECRET = sys.argv[1:4]


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def presigned_is_right(method, path, query, host):
    scope = query["X-Amz-Credential"].split("/", 1)
    if scope[0] != KEY or query.get("X-Amz-SignedHeaders") != "host":
        return False
    rest = sorted((k, v) for k, v in query.items() if k != "X-Amz-Signature")
    canonical = "\n".join([method, quote(urllib.parse.unquote(path), "/-_.~"),
                           "&".join("%s=%s" % (quote(k), quote(v)) for k, v in rest),
                           "host:" + host, "", "host", "UNSIGNED-PAYLOAD"])
    text = "\n".join(["AWS4-HMAC-SHA256", query["X-Amz-Date"], scope[1], hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in scope[1].split("/"):
        key = hmac_sha256(key, part)
    return hmac.compare_digest(hmac_sha256(key, text).hex(), query.get("X-Amz-Signature", ""))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == "Content-Length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def is_signed(self, path, query):
        if "X-Amz-Signature" in query:
            return presigned_is_right(self.command, path, query, self.headers["Host"])
        return ("Credential=%s/" % KEY) in self.headers.get("Authorization", "")

    def list(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        contents, folders = [], set()
        for top, _, names in os.walk(FOLDER):
            for name in names:
                key = os.path.relpath(os.path.join(top, name), FOLDER)
                rest = key[len(prefix):]
                if not key.startswith(prefix):
                    continue
                if delimiter and delimiter in rest:
                    folders.add(prefix + rest.split(delimiter)[0] + delimiter)
                else:
                    contents.append((key, os.path.getsize(os.path.join(top, name))))
        body = "<?xml version=\"1.0\"?><ListBucketResult><Name>lake</Name><Prefix>%s</Prefix><IsTruncated>false</IsTruncated>" % escape(prefix)
        body += "".join("<Contents><Key>%s</Key><LastModified>2024-07-12T00:00:00.000Z</LastModified><Size>%d</Size>"
                        "<StorageClass>STANDARD</StorageClass></Contents>" % (escape(k), n) for k, n in sorted(contents))
        body += "".join("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % escape(f) for f in sorted(folders))
        self.answer(200, (body + "</ListBucketResult>").encode(), [("Content-Type", "application/xml")])

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if not self.is_signed(url.path, query):
            return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        parts = urllib.parse.unquote(url.path).lstrip("/").split("/", 1)
        if parts[0] != "lake":
            return self.answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        if len(parts) == 1 or not parts[1]:
            return self.list(query)
        path = os.path.normpath(os.path.join(FOLDER, parts[1]))
        if not path.startswith(os.path.normpath(FOLDER) + "/") or not os.path.isfile(path):
            return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        with open(path, "rb") as f:
            data = f.read()
        headers = [("ETag", '"%s"' % hashlib.md5(data).hexdigest()), ("Accept-Ranges", "bytes")]
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            first, last = asked[6:].split("-")
            first, last = int(first), min(int(last or len(data) - 1), len(data) - 1)
            headers.append(("Content-Range", "bytes %d-%d/%d" % (first, last, len(data))))
            return self.answer(206, data[first:last + 1], headers)
        return self.answer(200, data, headers + [("Content-Length", str(len(data)))])

    do_HEAD = do_GET


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
