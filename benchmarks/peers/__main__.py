"""`python -m benchmarks.peers`: what `make bench-peers` runs."""

from __future__ import annotations

import argparse
import asyncio
import os

from ..dataset import Size
from ..npm import NotInstalled
from ..operations import DOCUMENTS
from ..stand import Options
from . import page, report
from .compare import compare
from .installing import PACKAGES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS") or 7))
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("WINDOW") or 2))
    parser.add_argument("--villages", type=int, default=int(os.environ.get("VILLAGES") or 100))
    parser.add_argument("--operations", nargs="*", default=list(DOCUMENTS), choices=list(DOCUMENTS))
    parser.add_argument(
        "--page", action="store_true", help="the tables of what was measured last, for the docs"
    )
    given = parser.parse_args()
    if given.page:
        print(page.markdown())
        return
    try:
        PACKAGES.install()
    except NotInstalled as error:
        raise SystemExit(f"bench-peers: {error}") from None
    options = Options(Size(given.villages), given.rounds, given.seconds, given.operations)
    results = report.summary(asyncio.run(compare(options)))
    report.write(results)
    print(report.table(results))


if __name__ == "__main__":
    main()
