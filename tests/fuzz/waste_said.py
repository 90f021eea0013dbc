"""What the waste program says in SQL, once more in Python and by hand: see `equivalents`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.fuzz.rights import Row


def not_closed(row: Row) -> bool:
    return bool(row["status"].name != "CLOSED")


ONLY: Mapping[str, Callable[[Row], bool]] = {
    "HouseholdWaste.servicePoint": not_closed,
    "ResidentWaste.servicePoint": not_closed,
    "WasteServicePoint.subscription": lambda row: row["state"].name != "ENDED",
    "WastePayment.reversal": lambda row: row["reverses_id"] is not None,
}
EXPRESSIONS: Mapping[str, Callable[[Row], Any]] = {
    "WasteAccount.free": lambda row: row["balance"] - row["reserved"],
}


def of_run(run: Row, rows: Sequence[Row]) -> int:
    return sum(r["village_id"] == run["village_id"] and r["run_id"] == run["id"] for r in rows)


def in_force(column: str) -> Callable[[Row, Sequence[Row]], Any]:
    def find(tariff: Row, items: Sequence[Row]) -> Any:
        begun = [
            r
            for r in items
            if r["village_id"] == tariff["village_id"]
            and r["category_id"] == tariff["category_id"]
            and r["effective_from"] <= datetime.now(UTC)
        ]
        return max(begun, key=lambda r: r["effective_from"])[column] if begun else None

    return find


def judged_before(show: Callable[[Row], Any]) -> Callable[[Row, Sequence[Row]], Any]:
    """Of the last visit before this run at which the point's sorting was judged."""

    def find(stop: Row, visits: Sequence[Row]) -> Any:
        found = [
            r
            for r in visits
            if r["village_id"] == stop["village_id"]
            and r["point_id"] == stop["point_id"]
            and r["run_id"] != stop["run_id"]
            and r["day"] <= stop["day"]
            and r["outcome"].name in ("COLLECTED", "PARTIAL", "REJECTED_UNSORTED")
        ]
        return show(max(found, key=lambda r: (r["visited_at"], r["id"]))) if found else None

    return find


OVER: Mapping[str, Callable[[Row, Sequence[Row]], Any]] = {
    "WastePrice.pricePerKg": in_force("price_per_kg"),
    "WastePrice.effectiveFrom": in_force("effective_from"),
    "WasteRunStop.lastOutcome": judged_before(lambda row: row["outcome"]),
    "WasteRunStop.lastQuality": judged_before(lambda row: row["sort_quality"]),
    "WasteRunStop.recheckDue": judged_before(lambda row: row["outcome"].name == "REJECTED_UNSORTED"),
    "WasteRun.stopCount": of_run,
    "WasteRun.visitedCount": of_run,
}
"""`expression(…, reads=[…])`: the row, and the rows of the other table that may be read."""


def word(column: str, *names: str) -> Callable[[Row], bool]:
    return lambda row: row[column].name in names


METHODS = {"weighed": "WEIGHED", "by_volume": "VOLUME", "counted": "COUNT", "estimated": "ESTIMATE"}
PROCESSES = ("COMPOST", "MAGGOT", "OTHER")
OUT = {"residue_out": ("RESIDUE",), "other_out": ("B3_HANDOVER", "GIVEN")}


def both(one: Callable[[Row], bool], other: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: one(row) and other(row)


def _figures() -> dict[str, Callable[[Row], bool]]:
    made: dict[str, Callable[[Row], bool]] = {
        "WasteMassBalance.adjusted": word("reason", "ADJUST"),
        "WasteMassBalance.lost": word("reason", "LOSS"),
        "WasteMassBalance.residue_out": word("kind", *OUT["residue_out"]),
        "WasteMassBalance.other_out": word("kind", *OUT["other_out"]),
        "WasteMassBalance.opening_fed": word("reason", "OUT"),
        "WasteMassBalance.closing_fed": word("reason", "OUT"),
    }
    for name, method in METHODS.items():
        made[f"WasteDashboard.{name}"] = word("method", method)
        for what in ("intake", "sold"):
            made[f"WasteMassQuality.{what}_{name}"] = word("method", method)
        for what, kinds in OUT.items():
            made[f"WasteMassQuality.{what}_{name}"] = both(word("method", method), word("kind", *kinds))
    for stream in ("ORGANIK", "ANORGANIK", "B3", "RESIDU"):
        of = word("stream", stream)
        for name, chosen in {
            "opening": of, "intake": of, "sold": of, "closing": of,
            "from_batches": lambda row, of=of: of(row) and row["reason"].name == "IN" and row["batch_id"] is not None,
            "into_batches": both(of, word("reason", "OUT")), "adjusted": both(of, word("reason", "ADJUST")),
            "lost": both(of, word("reason", "LOSS")), "residue_out": both(of, word("kind", *OUT["residue_out"])),
            "other_out": both(of, word("kind", *OUT["other_out"])),
        }.items():  # fmt: skip
            made[f"Waste{stream.capitalize()}Balance.{name}"] = chosen  # type: ignore[assignment]
    return made | {
        "WasteDashboard.processed": both(word("state", "FINISHED"), word("kind", *PROCESSES)),
        "WasteDashboard.products": both(word("state", "FINISHED"), word("kind", *PROCESSES)),
        "WasteDashboard.visits_well_sorted": lambda row: (row["sort_quality"] or 0) >= 2,
        "WasteDashboard.households_served": word("outcome", "COLLECTED", "PARTIAL"),
        "WasteDashboard.points_served": word("outcome", "COLLECTED", "PARTIAL"),
        "WasteDashboard.process_loss": word("state", "FINISHED"),
        "WasteDashboard.residue_out": word("kind", "RESIDUE"),
        "WasteDashboard.handed_over": word("kind", "B3_HANDOVER"),
        "WasteDashboard.given": word("kind", "GIVEN"),
        "WasteDashboard.visits_judged": lambda row: row["sort_quality"] is not None,
        "WasteDashboard.surveys_sorting": lambda row: row["is_sorting"],
        "WasteDashboard.invoiced": lambda row: row["state"].name != "VOID",
        "WasteDashboard.taken": lambda row: row["reverses_id"] is None,
        "WasteDashboard.taken_back": lambda row: row["reverses_id"] is not None,
        "WasteDashboard.complaints_in_time": lambda row: (
            row["resolved_at"] is not None and row["resolved_at"] <= row["due_at"]
        ),
        "WasteDashboard.complaints_late": lambda row: (
            row["resolved_at"] is not None and row["resolved_at"] > row["due_at"]
        ),
        "WasteDashboard.bank_mass": word("state", "POSTED"),
        "WasteDashboard.bank_credited": word("state", "POSTED"),
        "WasteDashboard.bank_paid_out": word("state", "PAID"),
    }


FIGURES: Mapping[str, Callable[[Row], bool]] = _figures()
