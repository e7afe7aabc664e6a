#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# many_observations.py FROM DIR N: make N observations in DIR of those in FROM, in turn: their files linked, each
# item.json with an id, a unit, an overpass and a time of its own, so that all checksums hold.
import datetime
import hashlib
import json
import os
import sys


def main():
    source, target, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
    folders = sorted(os.path.join(source, name) for name in os.listdir(source))
    for i in range(n):
        folder = folders[i % len(folders)]
        item = json.load(open(os.path.join(folder, "item.json")))
        name, properties = f"copy-{i:05d}", item["properties"]
        time = datetime.datetime(2024, 5, 1) + datetime.timedelta(hours=21 * i)
        item["id"] = name
        properties["balkhash:unit"] = hashlib.sha256(name.encode()).hexdigest()
        properties["balkhash:datatake"] = name
        properties["datetime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
        os.makedirs(os.path.join(target, name))
        for asset in item["assets"].values():
            file = os.path.basename(asset["href"])
            os.link(os.path.join(folder, file), os.path.join(target, name, file))
        with open(os.path.join(target, name, "item.json"), "w") as f:
            json.dump(item, f, indent=2)


main()
