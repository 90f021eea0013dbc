"""The harness on a handful of people: its figures are for nobody, its answers and its form are proven."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from benchmarks.dataset import Size, VillageMaker
from benchmarks.deployment import BYPASS, CREATE_BYPASS, Deployment, filled_postgres, filled_sqlite
from benchmarks.measures import MEASURES, Figure
from benchmarks.operations import DOCUMENTS, Request, requests_of
from benchmarks.page import rows
from benchmarks.report import FIGURES, summary, table
from benchmarks.rounds import Series, Window
from benchmarks.serving import HAND, OURS, ROOT, STRAWBERRY, Peer
from benchmarks.stand import Options, standing
from benchmarks.verify import Different, anonymous, verify

from benchmarks import measures, report
from wantilan.programs.host import Host
from wantilan.store.places import Village
from wantilan.store.secrets import Keys
from wantilan.testing.plugin import Templates
from wantilan_waste.models import Intake

TINY = Size(villages=2, residents=60, intakes=3, operators=2)
QUICK = Options(size=TINY, rounds=1, seconds=0.1, quiet=True, pinned=False, foreign=100)
"""However busy the machine is, a round counts: nothing here looks at a time."""


class Answering:
    """A server that gives always the same answer."""

    def __init__(self, name: str, answer: Any) -> None:
        self.name, self.answer = name, answer

    def ask(self, request: Request, document: str | None = None) -> Any:
        return self.answer


def made(templates: Templates, host: Host, dialect: str) -> Deployment:
    name = templates.fresh(dialect, host).rsplit("/", 1)[1]
    if dialect == "sqlite":
        return asyncio.run(filled_sqlite(templates.folder / name, host, TINY))
    if not templates.server.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{BYPASS}'"):
        templates.server.sql(CREATE_BYPASS)
    return asyncio.run(filled_postgres(templates.server, name, host, TINY))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_server_gives_the_same_answers_and_each_operation_its_figures(
    tmp_path: Path, wantilan_templates: Templates, wantilan_host: Host, dialect: str
) -> None:
    peers: tuple[Peer, ...] = (OURS, STRAWBERRY) if dialect == "sqlite" else (OURS, HAND, STRAWBERRY)
    deployment = made(wantilan_templates, wantilan_host, dialect)
    requests = asyncio.run(requests_of(deployment))
    server = wantilan_templates.server if dialect == "postgresql" else None

    with standing(QUICK, deployment, requests, peers, server) as stand:
        compared = verify(stand.servers.values(), requests)
        if dialect == "sqlite":
            assert stand.operation("lookup", peers).median(FIGURES["rps"], OURS.name) > 0
            return
        results = {name: summary(stand.operation(name, peers)) for name in DOCUMENTS}

    assert compared >= 2 * len(DOCUMENTS)
    report.write(results, tmp_path / "result.json")
    read = json.loads((tmp_path / "result.json").read_text())
    assert list(read) == ["village_page", "lookup", "region_dashboard", "mutation"]
    for one in read.values():
        assert one["cpu_ratio_to_hand_sql"] >= 0 and one["rps_ratio_to_strawberry"] > 0
        assert one["servers"].keys() == {peer.name for peer in peers}
    assert "target" in table(results)


def test_a_different_answer_stops_the_run_and_is_told_with_its_place() -> None:
    same, other = {"data": {"resident": {"id": "a"}}}, {"data": {"resident": {"id": "b"}}}
    asked = {"lookup": [Request("lookup", {}, "")]}

    assert verify([Answering("one", same), Answering("two", same)], asked) == 1  # type: ignore[list-item]
    with pytest.raises(Different, match=r"'two' does not answer like 'one', at data\.resident\.id"):
        verify([Answering("one", same), Answering("two", other)], asked)  # type: ignore[list-item]


def test_an_error_is_no_answer_to_compare() -> None:
    failing = {"errors": [{"message": "no"}], "data": None}
    asked = {"lookup": [Request("lookup", {}, "")]}

    with pytest.raises(Different, match="answers with errors"):
        verify([Answering("one", failing), Answering("two", failing)], asked)  # type: ignore[list-item]


def test_weighings_are_compared_without_what_is_new_in_each() -> None:
    def recorded(number: int, mass: int) -> Any:
        intake = {"id": f"waste_intake-{number}", "weighedAt": f"2026-01-0{number}", "mass": mass}
        return {"wasteRecordIntake": {"intake": intake, "village": {"code": "99"}}}

    assert anonymous(recorded(1, 500)) == anonymous(recorded(2, 500))
    assert anonymous(recorded(1, 500)) != anonymous(recorded(2, 600))
    with pytest.raises(Different):
        anonymous({"wasteRecordIntake": {"intake": {"mass": 1}}})


def test_a_ratio_is_the_median_of_the_ratios_inside_the_rounds() -> None:
    def window(cpu: float) -> Window:
        return Window(1, cpu, 0, 0, 0, 0, 1)

    rounds = [(20.0, 10.0), (300.0, 100.0), (5.0, 4.0)]  # 2, 3 and 1.25
    series = Series([{"ours": window(a), "theirs": window(b)} for a, b in rounds])

    assert series.ratio(FIGURES["cpu_us"], "ours", "theirs") == 2


def test_a_figure_says_whether_it_reached_its_target_within_five_percent() -> None:
    assert str(Figure("wall", 0.70, at_least=0.72)).endswith(": reached")
    assert str(Figure("wall", 0.60, at_least=0.72)).endswith("NOT reached")
    assert str(Figure("growth", 1.20, at_most=1.15)).endswith(": reached")
    assert str(Figure("growth", 1.30, at_most=1.15)).endswith("NOT reached")


def test_the_same_people_come_with_every_run_of_a_day() -> None:
    def people(number: int) -> list[object]:
        keys = Keys.parse(Keys.generate())
        rows = VillageMaker(number, TINY, date(2026, 1, 1), keys).rows()
        return [values for model, values in rows if model is Intake or model is Village]

    assert people(1) == people(1)
    assert people(1) != people(2)


def test_the_rows_in_which_we_lose_come_first() -> None:
    won, lost, told = Figure("won", 1, at_most=2), Figure("lost", 3, at_most=2), Figure("told", 4)

    lines = rows([told, won, lost]).splitlines()[2:]

    assert [line.split(" | ")[0] for line in lines] == ["| lost", "| won", "| told"]


def test_the_page_names_every_measure_and_no_other() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"python -m benchmarks (\w+)", page))

    assert named == {*MEASURES, "page"}


def test_the_plan_of_a_larger_selection_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.planning.COPIES", (1, 2))
    monkeypatch.setattr("benchmarks.planning.REPEATS", 1)

    figures = asyncio.run(measures.plans(QUICK))

    assert [figure.unit for figure in figures] == ["ms", "ms", "x"]
