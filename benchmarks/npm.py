"""Packages from npm: installed once, exactly as a lock says that names no registry, and locked that way.

npm asks the registry that it is set up with.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

MANIFEST, LOCK = "package.json", "package-lock.json"
ADDRESSES = ("resolved", "funding", "bugs", "homepage", "repository")
QUIETLY = ("--no-audit", "--no-fund", "--loglevel=error")


class NotInstalled(Exception):
    """The packages could not be installed; one line says why."""


@dataclass(frozen=True)
class Packages:
    """What a folder of sources needs from npm, and the folder below var/ in which it is installed."""

    name: str
    """What they are called in a message: `the peers`."""
    sources: Path
    folder: Path
    needs: str = "."
    """A file of node_modules without which they are not whole: npm is content when an optional one fails."""

    @property
    def modules(self) -> Path:
        return self.folder / "node_modules"

    @property
    def log(self) -> Path:
        return self.folder / "npm.log"

    def install(self) -> None:
        """Unless they are there already. Raises NotInstalled."""
        wanted, installed = (self.sources / LOCK).read_text(), self.modules / "installed.json"
        if self._whole and installed.exists() and installed.read_text() == wanted:
            return
        npm = shutil.which("npm")
        if npm is None:
            raise NotInstalled(f"npm is not there: {self.name} come from npm, so install Node.js first.")
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in (MANIFEST, LOCK):
            shutil.copyfile(self.sources / file, self.folder / file)
        with self.log.open("wb") as log:
            done = subprocess.run([npm, "ci", *QUIETLY], cwd=self.folder, stdout=log, stderr=log)
        if done.returncode != 0 or not self._whole:
            raise NotInstalled(
                f"npm could not install {self.name}{self._reason()}; {self.log} holds what it said."
            )
        installed.write_text(wanted)

    def lock(self) -> None:
        """Renew the lock: versions and hashes of what the manifest asks for, and no address."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copyfile(self.sources / MANIFEST, Path(folder) / MANIFEST)
            command = ["npm", "install", "--package-lock-only", *QUIETLY]
            subprocess.run(command, cwd=folder, check=True)
            lock = json.loads((Path(folder) / LOCK).read_text())
        for package in lock["packages"].values():
            for name in ADDRESSES:
                package.pop(name, None)
        (self.sources / LOCK).write_text(json.dumps(lock, indent=2) + "\n")

    @property
    def _whole(self) -> bool:
        return (self.modules / self.needs).exists()

    def _reason(self) -> str:
        """npm's own code for it, such as E404 or ENOTFOUND."""
        lines = self.log.read_text(errors="replace").splitlines()
        return next((f" ({line.split()[-1]})" for line in lines if line.startswith("npm error code ")), "")
