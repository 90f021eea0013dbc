"""The peers from npm, into var/bench/peers.

PostGraphile 5 needs Node 22, which comes as a package itself; npm runs on whatever Node there is.
"""

from __future__ import annotations

from pathlib import Path

from ..npm import Packages
from ..serving import ROOT

PACKAGES = Packages(
    "the peers", Path(__file__).parent, ROOT / "var" / "bench" / "peers", needs="node/bin/node"
)
NODE = PACKAGES.modules / PACKAGES.needs
