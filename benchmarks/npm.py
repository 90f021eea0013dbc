"""Packages from npm, exactly those that a package-lock.json names; and how such a lock is made.

A lock names no registry: npm asks the one that it is set up with. `python -m benchmarks.npm FOLDER…` renews
the locks of these folders: versions, hashes, and no address.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MANIFEST, LOCK, LOG = "package.json", "package-lock.json", "npm.log"
QUIET = ("--no-audit", "--no-fund", "--loglevel=error")
ADDRESSES = ("resolved", "funding", "bugs", "homepage", "repository")


class NotInstalled(Exception):
    """The packages could not be installed; one line says why."""


def install(sources: Path, folder: Path, what: str) -> None:
    """Install what the lock in `sources` names into a folder, unless it is there already.

    Raises NotInstalled; `what` says in the message what it is that comes from npm.
    """
    wanted, installed = (sources / LOCK).read_text(), folder / "node_modules" / "installed.json"
    if installed.exists() and installed.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalled(f"npm is not there: {what} come from npm, so install Node.js first.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (MANIFEST, LOCK):
        shutil.copyfile(sources / name, folder / name)
    log = folder / LOG
    with log.open("wb") as output:
        done = subprocess.run([npm, "ci", *QUIET], cwd=folder, stdout=output, stderr=output)
    if done.returncode != 0:
        raise NotInstalled(f"npm could not install {what}{_reason(log)}; {log} holds what it said.")
    installed.write_text(wanted)


def _reason(log: Path) -> str:
    """npm's own code for it, such as E404 or ENOTFOUND."""
    lines = log.read_text(errors="replace").splitlines()
    return next((f" ({line.split()[-1]})" for line in lines if line.startswith("npm error code ")), "")


def lock(sources: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(sources / MANIFEST, Path(folder) / MANIFEST)
        subprocess.run(["npm", "install", "--package-lock-only", *QUIET], cwd=folder, check=True)
        made = json.loads((Path(folder) / LOCK).read_text())
    for package in made["packages"].values():
        for name in ADDRESSES:
            package.pop(name, None)
    (sources / LOCK).write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    for given in sys.argv[1:]:
        lock(Path(given))
