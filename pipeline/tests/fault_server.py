#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server on loopback that fails in chosen ways.

fault_server.py FOLDER LOG   prints its port, then serves the files of FOLDER until it is killed, and appends
                             "METHOD PATH RANGE" of every request to LOG.

The first part of a path says how: /fine, /error500x2 (two failures, then fine), /error500, /short (every body is cut),
/shortonce (the first is; later ones are whole, or the range asked for), /norange (ranges are ignored, the first body is
cut), /wrongrange (the range that comes is not the one asked for, once), /changed (another ETag after the first request,
which is cut), /stall (the first body stops half-way), /chunked (no length), /huge (says 2^40 bytes), /forbidden, /loop
(redirects to itself), /tofile (redirects to file:///etc/passwd), /noindex (no lists of folders).
"""
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER, LOG = sys.argv[1:3]
LOCK = threading.Lock()
SEEN = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if length is not None and length != len(body):
            self.wfile.flush()
            self.close_connection = True

    def chunked(self, body):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 5000):
            part = body[at:at + 5000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def list(self, path):
        names = [n + "/" * os.path.isdir(os.path.join(path, n)) for n in sorted(os.listdir(path))]
        rows = "".join('<a href="%s">%s</a>  12-Jul-2024 10:00  -\n' % (n, n) for n in names)
        body = ("<html>\n<head><title>Index of %s</title></head>\n<body>\n<h1>Index of %s</h1><hr><pre>"
                "<a href=\"../\">../</a>\n%s</pre><hr></body>\n</html>\n" % (self.path, self.path, rows)).encode()
        self.answer(200, body, [("Content-Type", "text/html")])

    def do_GET(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        _, way, rest = (path + "/").split("/", 2)
        rest = rest.rstrip("/")
        asked = self.headers.get("Range", "")
        with LOCK:
            count = SEEN[path] = SEEN.get(path, 0) + (self.command == "GET")
            with open(LOG, "a") as log:
                log.write("%s %s %s\n" % (self.command, path, asked or "-"))
        if way == "forbidden":
            return self.answer(403)
        if way == "loop":
            return self.answer(302, b"", [("Location", self.path)])
        if way == "tofile":
            return self.answer(302, b"", [("Location", "file:///etc/passwd")])
        if way == "error500" or (way == "error500x2" and count <= 2):
            return self.answer(500, b"sorry")
        file = os.path.join(FOLDER, rest)
        if os.path.isdir(file) and way != "noindex" and not self.path.endswith("/"):
            return self.answer(301, b"", [("Location", self.path + "/")])
        if os.path.isdir(file):
            return self.answer(404) if way == "noindex" else self.list(file)
        if not os.path.isfile(file):
            return self.answer(404)
        with open(file, "rb") as f:
            body = f.read()
        return self.send(way, count, asked, body)

    def send(self, way, count, asked, body):
        n = len(body)
        etag = '"v%d"' % (2 if way == "changed" and count > 1 else 1)
        headers = [("ETag", etag), ("Accept-Ranges", "bytes")]
        whole = self.headers.get("If-Range", etag) != etag or way == "norange"
        if way == "huge":
            return self.answer(200, body, headers, 2**40)
        if way == "chunked":
            return self.chunked(body)
        if way == "short" or (count == 1 and way in ("shortonce", "norange", "changed", "wrongrange")):
            if not asked:
                return self.answer(200, body[:n // 2], headers, n)
        if way == "stall" and count == 1 and not asked:
            self.send_response(200)
            self.send_header("Content-Length", str(n))
            self.end_headers()
            self.wfile.write(body[:n // 2])
            self.wfile.flush()
            time.sleep(5)
            self.close_connection = True
            return None
        if asked.startswith("bytes=") and not whole:
            first, last = asked[6:].split("-")
            first, last = int(first), min(int(last or n - 1), n - 1)
            if first >= n:
                return self.answer(416, b"", [("Content-Range", "bytes */%d" % n)])
            part = body[first:last + 1]
            if way == "short":
                return self.answer(206, part[:len(part) // 2], headers + [
                    ("Content-Range", "bytes %d-%d/%d" % (first, last, n))], len(part))
            if way == "wrongrange" and count == 2:
                return self.answer(206, body[:len(part)], headers + [("Content-Range", "bytes 0-%d/%d" % (len(part) - 1, n))])
            return self.answer(206, part, headers + [("Content-Range", "bytes %d-%d/%d" % (first, last, n))])
        return self.answer(200, body, headers)

    do_HEAD = do_GET


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
