"""The tables of docs/benchmarks.md, out of `var/bench/peers.json`: the rows in which we lose come first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..measures import Figure
from ..page import rows
from .report import RESULT


def markdown(path: Path = RESULT) -> str:
    """Both tables: ours against each peer, and what each server used."""
    results = json.loads(path.read_text(encoding="utf-8"))
    return f"{rows(list(figures(results)))}\n\n{servers(results)}"


def figures(results: Mapping[str, Any]) -> Iterator[Figure]:
    """Requests of ours to those of each peer, with the target; beside them the CPU, which has none."""
    for row, found in results.items():
        for peer, one in found["against"].items():
            yield Figure(f"{row}: requests to {peer}", one["rps_ratio"], at_least=one["target"])
            yield Figure(f"{row}: CPU to {peer}", one["cpu_ratio"])


def servers(results: Mapping[str, Any]) -> str:
    lines = [
        "| row | server | CPU µs = server + PostgreSQL | requests/s | p50 / p99 ms | memory MB |",
        "|---|---|---|---:|---|---:|",
    ]
    for row, found in results.items():
        for name, one in found["servers"].items():
            cpu = f"{one['cpu_us']:,.0f} = {one['server_us']:,.0f} + {one['postgres_us']:,.0f}"
            times = f"{one['p50_ms']:.1f} / {one['p99_ms']:.1f}"
            lines.append(f"| {row} | {name} | {cpu} | {one['rps']:,.0f} | {times} | {one['rss_mb']} |")
    return "\n".join(lines)
