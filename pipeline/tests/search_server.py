#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A STAC API on loopback that answers searches in chosen ways.

search_server.py FOLDER   prints its port, then serves until it is killed.

The first part of a path says how /WAY/search answers:
    get        1000 Items in ten pages, links by GET with a token; the last of a page comes again on the next one
    post       the same, links by POST whose body is to be merged; every request must have all of the search
    postwhole  the same, the body is all of it
    post301    the same as post, each POST is redirected (301)
    echo       one Item whose id is the question of the request, sorted
    busy       429, then 500, then a cut body, then fine; gzip: packed; bomb: 64 MiB, packed; huge: 17 MiB; says2to40
    cut, down, forbidden, missing, wrong (400 with words), html, stall (the first time)
    loop, circle (two pages), endless (a new token each time)
    next-X     the link to the next page leads to: host (another), file, ftp, none, put, far (a redirection to another host)
    scene      the Items of FOLDER, with links to themselves; api: without, so under /api/collections/NAME/items/ID
/files/...     the files below FOLDER; an item.json there gets absolute addresses
/count?PATH    how many requests of this path came
"""
import gzip
import json
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
LOCK = threading.Lock()
SEEN = {}
ITEMS = 1000
PAGE = 100
BOMB = gzip.compress(b" " * (64 << 20), 1)


def item(number, updated="2024-08-01T00:00:00Z"):
    return {"type": "Feature", "stac_version": "1.0.0", "id": "item-%04d" % number, "collection": "c", "geometry": None,
            "properties": {"datetime": "2024-07-%02dT05:46:49.024Z" % (1 + number % 28), "updated": updated,
                           "eo:cloud_cover": number % 101},
            "links": [], "assets": {}}


def items(page):
    """Not in their order, and the last of the page before once more: as it was before, or later, by turns."""
    again = [] if page == 0 else [item((page * PAGE - 1) * 7 % ITEMS, "2024-%s-02T00:00:00Z" % ("07" if page % 2 else "08"))]
    return again + [item(n * 7 % ITEMS) for n in range(page * PAGE, (page + 1) * PAGE)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), length=None):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            pass
        if length is not None:
            self.close_connection = True

    def page(self, features, link=None):
        return {"type": "FeatureCollection", "features": features, "links": [link] if link else []}

    # --- pages in order ---

    def get(self, query, _):
        page = int(query.get("token", "0"))
        link = {"rel": "next", "href": "%s?token=%d" % (self.here, page + 1)} if (page + 1) * PAGE < ITEMS else None
        self.answer(200, self.page(items(page), link))

    def post(self, query, body):
        if body is not None and sorted(body) != ["bbox", "collections", "datetime", "limit", "token"]:
            return self.answer(400, {"description": "not the whole search: %s" % sorted(body)})
        if body is not None and (body["collections"] != ["c", "d"] or body["bbox"] != [73.25, 44.5, 79.5, 47.25] or query):
            return self.answer(400, {"description": "another search"})
        page = body["token"] if body is not None else 0
        token = {"token": page + 1}
        if self.way == "postwhole":
            token = dict(collections=["c", "d"], bbox=[73.25, 44.5, 79.5, 47.25], datetime="x", limit=1, token=page + 1)
        link = {"rel": "next", "href": self.here, "method": "POST", "merge": self.way != "postwhole", "body": token}
        return self.answer(200, self.page(items(page), link if (page + 1) * PAGE < ITEMS else None))

    postwhole = post

    def post301(self, query, body):
        if body is not None and "/again/" not in self.path:
            return self.answer(301, b"", [("Location", "/post301/again/search")])
        return self.post(query, body)

    def echo(self, query, _):
        one = item(0)
        one["id"] = " ".join("%s=%s" % pair for pair in sorted(query.items()))
        self.answer(200, self.page([one]))

    # --- faults ---

    def busy(self, _query, _body):
        body = json.dumps(self.page([item(1)])).encode()
        if self.count == 1:
            return self.answer(429, b"slower", [("Retry-After", "0")])
        if self.count == 2:
            return self.answer(500, b"sorry")
        return self.answer(200, body[:50], length=len(body)) if self.count == 3 else self.answer(200, body)

    def gzip(self, _query, _body):
        self.answer(200, gzip.compress(json.dumps(self.page([item(1)])).encode()), [("Content-Encoding", "gzip")])

    def bomb(self, _query, _body):
        self.answer(200, BOMB, [("Content-Encoding", "gzip")])

    def huge(self, _query, _body):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(b" " * (17 << 20))
        except OSError:
            pass
        self.close_connection = True

    def says2to40(self, _query, _body):
        self.answer(200, b"{", length=2**40)

    def cut(self, _query, _body):
        self.answer(200, b'{"type": "FeatureCollection", "features": [', length=5000)

    def down(self, _query, _body):
        self.answer(503)

    def forbidden(self, _query, _body):
        self.answer(403)

    def missing(self, _query, _body):
        self.answer(404)

    def wrong(self, _query, _body):
        self.answer(400, {"code": "InvalidParameterValue", "description": "no\nsuch collection"})

    def html(self, _query, _body):
        self.answer(200, b"<html>maintenance</html>")

    def stall(self, _query, _body):
        body = json.dumps(self.page([item(1)])).encode()
        if self.count > 1:
            return self.answer(200, body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:20])
        self.wfile.flush()
        time.sleep(6)
        self.close_connection = True
        return None

    # --- links ---

    def link_to(self, href, **more):
        self.answer(200, self.page([item(self.count)], dict(rel="next", href=href, **more)))

    def loop(self, _query, _body):
        self.link_to(self.path)

    def circle(self, query, _body):
        self.link_to("%s?token=%d" % (self.here, 1 - int(query.get("token", "1"))))

    def endless(self, query, _body):
        self.answer(200, self.page([], {"rel": "next", "href": "?token=%d" % (int(query.get("token", "0")) + 1)}))

    def next(self, _query, _body):
        port = self.server.server_address[1]
        kind = self.way[len("next-"):]
        if kind == "far" and self.count > 1:
            return self.answer(302, b"", [("Location", "http://localhost:%d/far/search" % port)])
        links = {"host": {"href": "http://localhost:%d/far/search" % port}, "file": {"href": "file:///etc/passwd"},
                 "ftp": {"href": "ftp://127.0.0.1/x"}, "none": {}, "put": {"href": "?token=1", "method": "PUT"},
                 "far": {"href": "?token=1"}}
        return self.answer(200, self.page([item(1)], dict(rel="next", **links[kind])))

    def far(self, _query, _body):
        self.answer(200, self.page([item(2)]))

    # --- files ---

    def real_item(self, name, links=()):
        with open(os.path.join(FOLDER, name, "item.json"), encoding="utf-8") as f:
            one = json.load(f)
        for asset in one["assets"].values():
            asset["href"] = "http://%s/files/%s/%s" % (self.headers["Host"], name, asset["href"])
        one["links"] = list(links)
        return one

    def scene(self, _query, _body):
        self.answer(200, self.page([self.real_item(name, [{"rel": "self", "href": "/files/%s/item.json" % name}])
                                    for name in os.listdir(FOLDER)]))

    def api(self, _query, _body):
        self.answer(200, self.page([self.real_item(name) for name in os.listdir(FOLDER)]))

    def file(self, path):
        if path.startswith("/api/collections/"):
            return self.answer(200, self.real_item(path.split("/")[-1]))
        name = os.path.normpath(os.path.join(FOLDER, path[len("/files/"):]))
        if not path.startswith("/files/") or not name.startswith(FOLDER + "/") or not os.path.isfile(name):
            return self.answer(404)
        if os.path.basename(name) == "item.json":
            return self.answer(200, self.real_item(os.path.basename(os.path.dirname(name))))
        with open(name, "rb") as f:
            return self.answer(200, f.read())

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        body = None
        if self.command == "POST":
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if url.path == "/count":
            return self.answer(200, str(SEEN.get(urllib.parse.unquote(url.query), 0)).encode())
        with LOCK:
            self.count = SEEN[url.path] = SEEN.get(url.path, 0) + 1
        self.way = url.path.split("/")[1]
        self.here = "http://%s%s" % (self.headers["Host"], url.path)
        if not url.path.endswith("/search"):
            return self.file(url.path)
        return getattr(self, self.way.split("-")[0])(query, body)

    do_POST = do_GET


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
