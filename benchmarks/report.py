"""What a run found: for the terminal a table, for others `var/bench/result.json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rounds import Series, Window
from .serving import HAND, HAND_AT_ONCE, OURS, ROOT, STRAWBERRY

RESULT = ROOT / "var" / "bench" / "result.json"
TARGETS: Mapping[str, Mapping[str, float]] = {
    "village_page": {"cpu_ratio_to_hand_sql": 1.20, "rps_ratio_to_strawberry": 20},
    "lookup": {"cpu_ratio_to_hand_sql": 1.50, "rps_ratio_to_strawberry": 20},
    "region_dashboard": {"cpu_ratio_to_hand_sql": 1.10, "rps_ratio_to_strawberry": 1.8},
    "mutation": {"cpu_ratio_to_hand_sql": 3.0, "rps_ratio_to_strawberry": 2},
}
"""Where it should arrive: CPU at most, requests a second at least."""
WITHIN = 0.05
"""So near counts as reached."""

FIGURES: Mapping[str, Callable[[Window], float]] = {
    "cpu_us": lambda w: w.cpu_us,
    "server_us": lambda w: w.server_us,
    "postgres_us": lambda w: w.postgres_us,
    "rps": lambda w: w.rps,
    "p50_ms": lambda w: w.p50_ms,
    "p99_ms": lambda w: w.p99_ms,
    "client_us": lambda w: w.client_us,
}


@dataclass(frozen=True)
class Figure:
    """One figure: its name, what was found, and where it should be: `at_most` or `at_least`."""

    name: str
    value: float
    unit: str = "x"
    at_most: float | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        said = f"{self.name:62}{self.value:>10.2f} {self.unit:5}"
        found = reached(self)
        if found is None:
            return said
        aim = f"<= {self.at_most:g}" if self.at_most is not None else f">= {self.at_least:g}"
        return f"{said} target {aim}: {verdict(found)}"


def reached(figure: Figure) -> bool | None:
    """None without a target."""
    if figure.at_most is not None:
        return figure.value <= figure.at_most * (1 + WITHIN)
    if figure.at_least is not None:
        return figure.value >= figure.at_least * (1 - WITHIN)
    return None


def summary(series: Series) -> dict[str, Any]:
    """The ratios of one operation, and behind them the medians of every server."""
    cpu, rps = FIGURES["cpu_us"], FIGURES["rps"]
    found: dict[str, Any] = {
        "cpu_ratio_to_hand_sql": round(series.ratio(cpu, OURS.name, HAND.name), 3),
        "rps_ratio_to_strawberry": round(series.ratio(rps, OURS.name, STRAWBERRY.name), 2),
        "rps_ratio_to_hand_sql": round(series.ratio(rps, OURS.name, HAND.name), 3),
        "cpu_ratio_to_strawberry": round(series.ratio(cpu, OURS.name, STRAWBERRY.name), 3),
    }
    if HAND_AT_ONCE.name in series.rounds[0]:
        found["cpu_ratio_to_one_statement"] = round(series.ratio(cpu, OURS.name, HAND_AT_ONCE.name), 3)
    found["rounds"], found["discarded"], found["disturbed"] = (
        len(series.rounds),
        series.discarded,
        series.disturbed,
    )
    found["servers"] = {
        name: {figure: round(series.median(get, name), 3) for figure, get in FIGURES.items()}
        for name in series.rounds[0]
    }
    return found


def write(results: Mapping[str, Any], path: Path = RESULT) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Every server of every operation, and the two ratios that have a target."""
    lines = []
    for operation, found in results.items():
        kept = f"{found['rounds']} rounds, {found['discarded']} discarded"
        lines.append(f"\n{operation}  ({kept}{_disturbed(found)})")
        lines.append(
            f"  {'':34}{'us CPU':>9} = {'server':>7} + {'pg':>7}"
            f"{'req/s':>9}{'p50 ms':>8}{'p99 ms':>8}{'client us':>11}"
        )
        for name, one in found["servers"].items():
            lines.append(
                f"  {name:34}{one['cpu_us']:>9.0f} = {one['server_us']:>7.0f} + {one['postgres_us']:>7.0f}"
                f"{one['rps']:>9.0f}{one['p50_ms']:>8.2f}{one['p99_ms']:>8.2f}{one['client_us']:>11.1f}"
            )
        lines += [f"  {line}" for line in judged(operation, found)]
    return "\n".join(lines)


def _disturbed(found: Mapping[str, Any]) -> str:
    return f", {found['disturbed']} kept though disturbed" if found["disturbed"] else ""


def judged(operation: str, found: Mapping[str, Any]) -> list[str]:
    """The ratios beside their targets."""
    aims = TARGETS[operation]
    cpu, rps = found["cpu_ratio_to_hand_sql"], found["rps_ratio_to_strawberry"]
    lines = [
        f"CPU to hand-written SQL  {cpu:.2f} x  (target <= {aims['cpu_ratio_to_hand_sql']:.2f}: "
        f"{verdict(cpu <= aims['cpu_ratio_to_hand_sql'] * (1 + WITHIN))})",
        f"requests to Strawberry   {rps:.1f} x  (target >= {aims['rps_ratio_to_strawberry']:.1f}: "
        f"{verdict(rps >= aims['rps_ratio_to_strawberry'] * (1 - WITHIN))})",
    ]
    if "cpu_ratio_to_one_statement" in found:
        lines.append(f"CPU to one statement     {found['cpu_ratio_to_one_statement']:.2f} x  (reported)")
    return lines


def verdict(reached: bool) -> str:
    return "reached" if reached else "NOT reached"
