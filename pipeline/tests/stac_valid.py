#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stac_valid.py DIR SCHEMAS   is the catalogue in DIR valid STAC, by the schemas of STAC 1.0.0 and its extensions
(SCHEMAS/stac-spec/v1.0.0/..., SCHEMAS/EXTENSION/VERSION/schema.json), and does each link in it lead to a file?
Without a network: a schema that is asked for and not there is a failure.  Needs the package jsonschema.
"""
import glob
import json
import os
import sys
import urllib.parse
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft7Validator, RefResolver  # noqa: E402

SPEC = "https://schemas.stacspec.org/v1.0.0/"
POSITION = {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "number"}}
RINGS = {"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 4, "items": POSITION}}
# RFC 7946, as much of it as items have.
GEOMETRY = {"type": "object", "required": ["type", "coordinates"],
            "oneOf": [{"properties": {"type": {"const": "Polygon"}, "coordinates": RINGS}},
                      {"properties": {"type": {"const": "MultiPolygon"},
                                      "coordinates": {"type": "array", "minItems": 1, "items": RINGS}}}]}
FEATURE = {"type": "object", "required": ["type", "properties", "geometry"],
           "properties": {"type": {"const": "Feature"}, "properties": {"type": ["object", "null"]},
                          "geometry": {"oneOf": [{"type": "null"}, GEOMETRY]}}}


def load(path):
    def once(pairs):
        assert len(dict(pairs)) == len(pairs), "%s: a key twice" % path
        return dict(pairs)

    with open(path, encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=once)


def schemas(folder):
    store = {"https://geojson.org/schema/Feature.json": FEATURE, "https://geojson.org/schema/Geometry.json": GEOMETRY,
             "https://proj.org/schemas/v0.7/projjson.schema.json": load("/usr/share/proj/projjson.schema.json")}
    core = os.path.join(folder, "stac-spec/v1.0.0")
    for path in glob.glob(core + "/*/json-schema/*.json"):
        store[SPEC + os.path.relpath(path, core)] = load(path)
    for path in glob.glob(folder + "/*/v*/schema.json"):
        store["https://stac-extensions.github.io/" + os.path.relpath(path, folder)] = load(path)
    for schema in store.values():
        schema.pop("$id", None)  # some end with "#", which RefResolver does not join with what follows
    return store


class Checker:
    def __init__(self, store):
        self.store, self.failed, self.valid = store, 0, {}

    def fail(self, text):
        print("FAIL", text)
        self.failed += 1

    def by(self, address, thing, name):
        if address not in self.store:
            return self.fail("%s: no schema %s" % (name, address))

        def refuse(uri):
            raise LookupError("no schema " + uri)

        schema = self.store[address]
        resolver = RefResolver(address, schema, store=self.store, handlers={"http": refuse, "https": refuse})
        for error in Draft7Validator(schema, resolver=resolver).iter_errors(thing):
            self.fail("%s: /%s: %.300s" % (name, "/".join(map(str, error.absolute_path)), error.message))

    def check(self, kind, thing, name):
        before = self.failed
        self.by(SPEC + "%s-spec/json-schema/%s.json" % (kind, kind), thing, name)
        for extension in thing.get("stac_extensions", []):
            self.by(extension, thing, name)
        self.valid[kind] = self.valid.get(kind, 0) + (self.failed == before)

    def follow(self, thing, folder, name):
        """Paths of the links, by rel; each asset and each relative link but to inputs is there."""
        found = {}
        for asset in thing.get("assets", {}).values():
            if not os.path.isfile(os.path.join(folder, urllib.parse.unquote(asset["href"]))):
                self.fail("%s: no file %s" % (name, asset["href"]))
        for link in thing["links"]:
            if "://" in link["href"] or link["rel"] == "derived_from":
                continue
            path = os.path.join(folder, urllib.parse.unquote(link["href"]))
            if not os.path.isfile(path):
                self.fail("%s: link to %s: no file" % (name, link["href"]))
            found.setdefault(link["rel"], []).append(path)
        return found


def check_collection(c, path):
    folder, thing = os.path.dirname(path), load(path)
    c.check("collection", thing, path)
    items = c.follow(thing, folder, path)["item"]
    for item in items:
        c.check("item", load(item), item)
        c.follow(load(item), os.path.dirname(item), item)
    if "items" in thing.get("assets", {}):
        features = load(os.path.join(folder, "items.json"))["features"]
        for feature in features:
            c.check("item", feature, folder + "/items.json: " + feature["id"])
            c.follow(feature, folder, folder + "/items.json")
        if [f["id"] for f in features] != [load(i)["id"] for i in items]:
            c.fail("%s/items.json: other items than the collection" % folder)


def main():
    folder, c = sys.argv[1], Checker(schemas(sys.argv[2]))
    path = os.path.join(folder, "catalog.json")
    catalog = load(path)
    c.check("catalog", catalog, path)
    for child in c.follow(catalog, folder, path)["child"]:
        check_collection(c, child)
    print("valid:", ", ".join("%d %s" % (n, kind) for kind, n in sorted(c.valid.items())))
    sys.exit(c.failed != 0)


main()
