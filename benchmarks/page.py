"""The tables of docs/benchmarks.md out of what lies in `var/bench`: the rows in which we lose come first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .measures import MEASURES, Figure
from .report import RESULT, TARGETS, reached
from .serving import HAND, OURS, STRAWBERRY

HEAD = "| figure | found | target | |\n|---|---:|---:|---|"
AGAINST = {
    "cpu_ratio_to_hand_sql": f"CPU to {HAND.name}",
    "rps_ratio_to_strawberry": "requests to Strawberry",
}


def markdown(folder: Path = RESULT.parent) -> str:
    """Both tables. Measures that have not been run are left out."""
    results = _read(folder / RESULT.name) or {}
    figures = [*compared(results), *(f for name in MEASURES for f in _figures(folder / f"{name}.json"))]
    return f"{rows(figures)}\n\n{servers(results)}"


def compared(results: Mapping[str, Any]) -> list[Figure]:
    """The ratios of the comparison, each with its target."""
    found = []
    for operation, one in results.items():
        for name, aim in TARGETS[operation].items():
            most, least = (aim, None) if name.startswith("cpu") else (None, aim)
            title = f"{operation}: {AGAINST[name]}"
            found.append(Figure(title, one[name], at_most=most, at_least=least))
        if "cpu_ratio_to_one_statement" in one:
            found.append(
                Figure(f"{operation}: CPU to one statement for all", one["cpu_ratio_to_one_statement"])
            )
    return found


def rows(figures: Sequence[Figure]) -> str:
    """One line each: lost, reached, reported."""
    lines = [HEAD]
    for state in (False, True, None):
        lines += [_row(figure) for figure in figures if reached(figure) is state]
    return "\n".join(lines)


def _row(figure: Figure) -> str:
    said = {True: "reached", False: "**not reached**", None: "reported"}[reached(figure)]
    aim = f"≤ {figure.at_most:g}" if figure.at_most is not None else ""
    aim = f"≥ {figure.at_least:g}" if figure.at_least is not None else aim
    return f"| {figure.name} | {figure.value:,.2f} {figure.unit} | {aim} | {said} |"


def servers(results: Mapping[str, Any]) -> str:
    """What each server used, by operation."""
    lines = [
        "| operation | server | CPU µs = server + PostgreSQL | requests/s | p50 / p99 ms |",
        "|---|---|---|---:|---|",
    ]
    for operation, found in results.items():
        names = [name for name in (OURS.name, HAND.name, STRAWBERRY.name) if name in found["servers"]]
        for name in [*names, *(n for n in found["servers"] if n not in names)]:
            one = found["servers"][name]
            cpu = f"{one['cpu_us']:,.0f} = {one['server_us']:,.0f} + {one['postgres_us']:,.0f}"
            times = f"{one['p50_ms']:.1f} / {one['p99_ms']:.1f}"
            lines.append(f"| {operation} | {name} | {cpu} | {one['rps']:,.0f} | {times} |")
    return "\n".join(lines)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _figures(path: Path) -> list[Figure]:
    return [Figure(**{**one, "name": f"{path.stem}: {one['name']}"}) for one in _read(path) or ()]
