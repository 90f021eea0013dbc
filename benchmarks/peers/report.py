"""What a run found: the table with the rows in which we lose, and `var/bench/peers.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..report import FIGURES, WITHIN
from ..serving import OURS, ROOT
from .compare import COLD, Measured
from .nodes import MERCURIUS, PEERS, POSTGRAPHILE

RESULT = ROOT / "var" / "bench" / "peers.json"
TARGETS: Mapping[str, Mapping[str, float]] = {
    "village_page": {POSTGRAPHILE.name: 1.4, MERCURIUS.name: 1.0},
    "lookup": {POSTGRAPHILE.name: 2.2, MERCURIUS.name: 1.1},
    "region_dashboard": {POSTGRAPHILE.name: 1.0, MERCURIUS.name: 1.0},
    COLD: {POSTGRAPHILE.name: 2.0, MERCURIUS.name: 0.25},
    "mutation": {},
}
"""Our requests a second to theirs, at least. Of the mutation it is only reported: theirs does less."""
HEAD = f"{'':24}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'us CPU':>8} ={'server':>7} +{'pg':>6}{'RSS MB':>8}"


def summary(measured: Measured) -> dict[str, Any]:
    """By row: the figures of every server, and the ratios of ours to each peer."""
    found: dict[str, Any] = {}
    for row, series in measured.series.items():
        servers = {
            name: {
                **{figure: round(series.median(get, name), 3) for figure, get in FIGURES.items()},
                "rss_mb": round(measured.memory[row][name]),
            }
            for name in (OURS.name, *(peer.name for peer in PEERS))
        }
        found[row] = {
            "against": {peer.name: _ratios(measured, row, peer.name) for peer in PEERS},
            "servers": servers,
            "rounds": len(series.rounds),
            "discarded": series.discarded,
            "disturbed": series.disturbed,
        }
    return found


def _ratios(measured: Measured, row: str, peer: str) -> dict[str, Any]:
    """The medians of the ratios inside each round, and the least and the greatest of the requests."""
    series, held = measured.series[row], measured.memory[row]
    each = [one[OURS.name].rps / one[peer].rps for one in series.rounds]
    return {
        "rps_ratio": round(series.ratio(FIGURES["rps"], OURS.name, peer), 3),
        "rps_ratio_range": [round(min(each), 3), round(max(each), 3)],
        "cpu_ratio": round(series.ratio(FIGURES["cpu_us"], OURS.name, peer), 3),
        "server_cpu_ratio": round(series.ratio(FIGURES["server_us"], OURS.name, peer), 3),
        "rss_ratio": round(held[OURS.name] / held[peer], 3),
        "target": TARGETS[row].get(peer),
    }


def write(results: Mapping[str, Any], path: Path = RESULT) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Every server in every row, then ours against each peer."""
    lines = []
    for row, found in results.items():
        disturbed = f", {found['disturbed']} kept though disturbed" if found["disturbed"] else ""
        lines.append(f"\n{row}  ({found['rounds']} rounds, {found['discarded']} discarded{disturbed})")
        lines.append(HEAD)
        lines += [
            f"{name:24}{one['rps']:>8.0f}{one['p50_ms']:>8.2f}{one['p99_ms']:>8.2f}{one['cpu_us']:>8.0f} ="
            f"{one['server_us']:>7.0f} +{one['postgres_us']:>6.0f}{one['rss_mb']:>8}"
            for name, one in found["servers"].items()
        ]
        lines += [_judged(peer, one) for peer, one in found["against"].items()]
    lost = list(losses(results))
    lines.append("\nWe lose:" if lost else "\nWe lose in no row.")
    lines += [f"  {line}" for line in lost]
    return "\n".join(lines)


def _judged(peer: str, one: Mapping[str, Any]) -> str:
    low, high = one["rps_ratio_range"]
    aim = "reported" if one["target"] is None else f"target >= {one['target']:.2f}: {verdict(one)}"
    return (
        f"  ours / {peer:24} requests {one['rps_ratio']:.2f} x ({low:.2f} to {high:.2f}), "
        f"CPU {one['cpu_ratio']:.2f} x, memory {one['rss_ratio']:.2f} x  ({aim})"
    )


def verdict(one: Mapping[str, Any]) -> str:
    return "reached" if one["rps_ratio"] >= one["target"] * (1 - WITHIN) else "NOT reached"


def losses(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Where a peer does better than ours, target or not."""
    for row, found in results.items():
        for peer, one in found["against"].items():
            worse = []
            if one["rps_ratio"] < 1:
                worse.append(f"{one['rps_ratio']:.2f} of its requests a second")
            if one["cpu_ratio"] > 1:
                worse.append(f"{one['cpu_ratio']:.2f} x its CPU")
            if one["rss_ratio"] > 1:
                worse.append(f"{one['rss_ratio']:.2f} x its memory")
            if worse:
                yield f"{row} against {peer}: {', '.join(worse)}"
