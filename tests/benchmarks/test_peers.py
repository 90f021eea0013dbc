"""The benchmark against peers: that it compares answers, sends new texts, and says plainly what is missing."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from benchmarks.npm import NotInstalled, Packages
from benchmarks.operations import DOCUMENTS, Request
from benchmarks.page import rows
from benchmarks.peers import equality, page, report
from benchmarks.peers.cold import NeverSeen
from benchmarks.peers.documents import DOCUMENTS_OF
from benchmarks.peers.installing import PACKAGES
from benchmarks.peers.nodes import MERCURIUS, PEERS, POSTGRAPHILE
from benchmarks.peers.translation import neutral, translated
from benchmarks.serving import OURS, Server
from benchmarks.verify import Different
from graphql import FieldNode, OperationDefinitionNode, parse

VILLAGE, RESIDENT, INTAKE = "0" * 31 + "1", "0" * 31 + "2", "0" * 31 + "3"
DASHED = "00000000-0000-0000-0000-00000000000"
ASKED = Request("lookup", {"id": f"resident-{VILLAGE}-{RESIDENT}"}, "a token")


def told_by_ours(mass: int = 1500) -> dict[str, Any]:
    weighed = {
        "id": f"waste_intake-{VILLAGE}-{INTAKE}",
        "mass": mass,
        "weighedAt": "2026-11-20T01:02:03.000Z",
    }
    return {
        "resident": {
            "id": f"resident-{VILLAGE}-{RESIDENT}",
            "nik": "************0001",
            "kartuCerdas": {"card": {"number": "99010120010000000012"}},
            "waste": {"intakes": {"nodes": [weighed]}},
        }
    }


def told_by_mercurius() -> dict[str, Any]:
    return {
        "resident": {
            "id": f"{DASHED}2",
            "nik": "************0001",
            "card": {"number": "99010120010000000012"},
            "lastIntakes": [{"id": f"{DASHED}3", "mass": 1500, "weighedAt": "2026-11-20T01:02:03.000Z"}],
        }
    }


def told_by_postgraphile() -> dict[str, Any]:
    weighed = {"rowId": f"{DASHED}3", "massGrams": "1500", "weighedAt": "2026-11-20T09:02:03.000000+08:00"}
    return {
        "residentByVillageIdAndRowId": {
            "rowId": f"{DASHED}2",
            "nikMasked": "************0001",
            "card": {"number": "99010120010000000012"},
            "lastIntakes": {"nodes": [weighed]},
        }
    }


class Parrot(Server):
    """A server that gives one answer to everything."""

    answer: Mapping[str, Any]

    def ask(self, request: Request, document: str | None = None) -> Any:
        return self.answer


def parrot(name: str, data: Mapping[str, Any] | None) -> Server:
    made = Parrot(name, 0, 0)
    object.__setattr__(made, "answer", {"data": data} if data else {"errors": [{"message": "no"}]})
    return made


def test_the_same_answer_in_three_wordings_counts_as_the_same() -> None:
    assert neutral(told_by_ours()) == neutral(told_by_mercurius()) == neutral(told_by_postgraphile())
    peers = [parrot(MERCURIUS.name, told_by_mercurius()), parrot(POSTGRAPHILE.name, told_by_postgraphile())]
    assert equality.verify(parrot(OURS.name, told_by_ours()), peers, {"lookup": [ASKED]}) == 2


def test_a_gram_of_difference_is_named_with_its_place() -> None:
    peers = [parrot(MERCURIUS.name, told_by_mercurius())]
    with pytest.raises(Different, match=r"data\.resident\.intakes\.0\.mass: 1501 against 1500"):
        equality.verify(parrot(OURS.name, told_by_ours(1501)), peers, {"lookup": [ASKED]})


def test_a_peer_that_answers_with_an_error_is_not_measured() -> None:
    with pytest.raises(Different, match="no answer"):
        equality.verify(
            parrot(OURS.name, told_by_ours()), [parrot(MERCURIUS.name, None)], {"lookup": [ASKED]}
        )


def test_a_place_in_two_columns_is_the_same_place() -> None:
    assert neutral({"longitude": 115.1, "latitude": -8.5}) == neutral(
        {"place": {"type": "Point", "coordinates": [115.1, -8.5]}}
    )


def test_peers_are_asked_by_the_two_parts_of_our_key() -> None:
    for peer in PEERS:
        request, text = translated(peer.name, ASKED)
        assert request.variables == {"villageId": f"{DASHED}1", "id": f"{DASHED}2"}
        assert text == DOCUMENTS_OF[peer.name]["lookup"]
    assert translated(OURS.name, ASKED) == (ASKED, DOCUMENTS["lookup"])


@pytest.mark.parametrize("text", [DOCUMENTS["lookup"], *(words["lookup"] for words in DOCUMENTS_OF.values())])
def test_a_new_text_differs_in_its_alias_and_asks_the_same(text: str, tmp_path: Path) -> None:
    client: Any = None
    made = NeverSeen(client, tmp_path, None)
    first, second = made.renamed(text), made.renamed(text)
    assert len({text, first, second}) == 3
    assert root(first).name.value == root(text).name.value
    assert {root(one).alias.value for one in (first, second) if root(one).alias} == {"r1", "r2"}  # type: ignore[union-attr]


def root(text: str) -> FieldNode:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    return field


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packages:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Packages("the peers", PACKAGES.sources, tmp_path / "peers")


def test_without_npm_one_line_says_so(nothing_installed: Packages) -> None:
    with pytest.raises(NotInstalled) as caught:
        nothing_installed.install()
    assert str(caught.value) == "npm is not there: the peers come from npm, so install Node.js first."


def test_when_npm_fails_one_line_gives_its_code_and_the_log(nothing_installed: Packages) -> None:
    npm = nothing_installed.folder.parent / "npm"
    npm.write_text("#!/bin/sh\necho npm error code E404\necho npm error 404 Not Found\nexit 1\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(NotInstalled) as caught:
        nothing_installed.install()
    said = str(caught.value)
    assert said.startswith("npm could not install the peers (E404); ")
    assert "\n" not in said
    assert "404 Not Found" in nothing_installed.log.read_text()


def result(rps: float, cpu: float, memory: float) -> dict[str, Any]:
    one = {"rps_ratio": rps, "cpu_ratio": cpu, "rss_ratio": memory, "target": 1.1}
    return {"lookup": {"against": {MERCURIUS.name: one}}}


def test_every_row_in_which_we_lose_is_named() -> None:
    assert list(report.losses(result(1.2, 0.9, 0.7))) == []
    (line,) = report.losses(result(0.9, 0.8, 1.3))
    assert line == f"lookup against {MERCURIUS.name}: 0.90 of its requests a second, 1.30 x its memory"


def test_within_five_percent_a_target_counts_as_reached() -> None:
    reached, missed = (result(rps, 1, 1)["lookup"]["against"][MERCURIUS.name] for rps in (1.05, 1.04))
    assert (report.verdict(reached), report.verdict(missed)) == ("reached", "NOT reached")


def test_on_the_page_a_lost_row_stands_before_a_won_one_and_before_what_has_no_target() -> None:
    won, lost = (result(rps, 1, 1)["lookup"] for rps in (2.0, 0.5))
    lines = rows(list(page.figures({"won": won, "lost": lost}))).splitlines()[2:]
    assert [line.split(":")[0] for line in lines] == ["| lost", "| won", "| won", "| lost"]
