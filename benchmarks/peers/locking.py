"""`python -m benchmarks.peers.locking`: renew package-lock.json: versions, hashes, and no address."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from .installing import LOCK, SOURCES

ADDRESSES = ("resolved", "funding", "bugs", "homepage", "repository")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(SOURCES / "package.json", Path(folder) / "package.json")
        command = ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True)
        lock = json.loads((Path(folder) / LOCK).read_text())
    for package in lock["packages"].values():
        for name in ADDRESSES:
            package.pop(name, None)
    (SOURCES / LOCK).write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    main()
