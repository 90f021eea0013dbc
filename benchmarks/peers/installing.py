"""The peers from npm, into var/bench/peers.

PostGraphile 5 needs Node 22, which comes as a package itself; npm runs on whatever Node there is.
"""

from __future__ import annotations

from pathlib import Path

from .. import npm
from ..npm import NotInstalled as NotInstalled
from ..serving import ROOT

SOURCES = Path(__file__).parent
FOLDER = ROOT / "var" / "bench" / "peers"
NODE = FOLDER / "node_modules" / "node" / "bin" / "node"


def install() -> None:
    """Unless they are there already. Raises NotInstalled."""
    npm.install(SOURCES, FOLDER, "the peers")
