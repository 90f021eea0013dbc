"""`python -m benchmarks [what]`: without a word the comparison of `make bench`, else one of the measures.

Cores are shared out on Linux; figures of a machine that others use too are told as disturbed.
"""

from __future__ import annotations

import argparse
import asyncio
import os

from . import compare, measures, page, report
from .dataset import Size
from .operations import DOCUMENTS
from .stand import Options

SMALL, LARGE = 100, 1000
"""Villages, if not told otherwise."""


def main() -> None:
    given = parsed()
    size = Size(given.villages or (LARGE if given.what == "growth" else SMALL))
    options = Options(size, given.rounds, given.seconds, given.operations)
    if given.what == "page":
        print(page.markdown())
        return
    if given.what == "compare":
        results = asyncio.run(compare.compare(options))
        report.write(results)
        print(report.table(results))
        return
    figures = asyncio.run(measures.MEASURES[given.what](options))
    measures.write(given.what, figures, report.RESULT.parent)
    print(*figures, sep="\n")


def parsed() -> argparse.Namespace:
    told = [
        f"{name:10}{what.__doc__.splitlines()[0]}" for name, what in measures.MEASURES.items() if what.__doc__
    ]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Figures of ours against named peers, in one run.",
        epilog="\n".join(["what:", f"{'compare':10}{compare.__doc__}", *told, f"{'page':10}{page.__doc__}"]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", default="compare", choices=["compare", *measures.MEASURES, "page"])
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS") or 7))
    parser.add_argument(
        "--seconds",
        type=float,
        default=float(os.environ.get("WINDOW") or 2),
        help="of each server in a round",
    )
    parser.add_argument("--villages", type=int, default=int(os.environ.get("VILLAGES") or 0))
    parser.add_argument("--operations", nargs="*", default=list(DOCUMENTS), choices=list(DOCUMENTS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
