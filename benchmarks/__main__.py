"""`python -m benchmarks [what]`: without a word the comparison of `make bench`; `--help` lists the others."""

from __future__ import annotations

import argparse
import asyncio
import os

from . import compare, report
from .dataset import Size
from .operations import DOCUMENTS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", default="compare", choices=["compare"])
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS") or 7))
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS_EACH") or 2))
    parser.add_argument("--villages", type=int, default=int(os.environ.get("VILLAGES") or 100))
    parser.add_argument("--operations", nargs="*", default=list(DOCUMENTS), choices=list(DOCUMENTS))
    given = parser.parse_args()
    options = compare.Options(Size(given.villages), given.rounds, given.seconds, given.operations)
    results = asyncio.run(compare.compare(options))
    report.write(results)
    print(report.table(results))


if __name__ == "__main__":
    main()
