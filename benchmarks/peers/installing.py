"""The peers from npm, into var/bench/peers: exactly what package-lock.json says, once.

The lock names no registry: npm asks the one that it is set up with. PostGraphile 5 needs Node 22, which comes
as a package itself; npm runs on whatever Node there is.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ..serving import ROOT

SOURCES = Path(__file__).parent
FOLDER = ROOT / "var" / "bench" / "peers"
LOCK = "package-lock.json"
NODE = FOLDER / "node_modules" / "node" / "bin" / "node"
LOG = FOLDER / "npm.log"


class NotInstalled(Exception):
    """The peers could not be installed; one line says why."""


def install() -> None:
    """Unless they are there already. Raises NotInstalled."""
    wanted, installed = (SOURCES / LOCK).read_text(), FOLDER / "node_modules" / "installed.json"
    if NODE.exists() and installed.exists() and installed.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalled("npm is not there: the peers come from npm, so install Node.js first.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", LOCK):
        shutil.copyfile(SOURCES / name, FOLDER / name)
    with LOG.open("wb") as log:
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=FOLDER, stdout=log, stderr=log
        )
    if done.returncode != 0 or not NODE.exists():
        raise NotInstalled(f"npm could not install the peers{_reason()}; {LOG} holds what it said.")
    installed.write_text(wanted)


def _reason() -> str:
    """npm's own code for it, such as E404 or ENOTFOUND."""
    lines = LOG.read_text(errors="replace").splitlines()
    return next((f" ({line.split()[-1]})" for line in lines if line.startswith("npm error code ")), "")
