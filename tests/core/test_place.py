"""One place for FROM: whatever is asked, no table of a village stands in a statement without its guards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationType
from tests.system.pages import blocks

from wantilan.access.actor import Actor, Held
from wantilan.access.permissions import PlaceKind
from wantilan.errors import WantilanError
from wantilan.graph.documents import Documents
from wantilan.graph.emitters import new_planner
from wantilan.graph.pieces import Pieces
from wantilan.graph.plan import Plan
from wantilan.graph.prepared import Preparations
from wantilan.graph.roots import root
from wantilan.graph.selection import Request, Selection
from wantilan.graph.sql import DIALECTS
from wantilan.programs.host import Host
from wantilan.settings import Limits
from wantilan.store.tables import VillageTable, sql_table
from wantilan.testing import BENGKEL

GRAPH = Path(__file__).parents[2] / "core" / "wantilan" / "graph"
EVERYTHING = """query Everything { village(code: "51.02.06.2001") { hamlets { head { resident { fullName } } heads { since } }
  households(first: 3) { totalCount nodes { number { masked } numbers { since } members { edges { cursor node { household { address } } } } } }
  residents(last: 3, filter: {or: [{status: {eq: HIDUP}}, {not: {fullName: {startsWith: "a"}}}]}) { totalCount pageInfo { endCursor }
    nodes { membership { relationship } household { id } kartuCerdas { card { number history { nodes { at } } } cards { totalCount } }
      waste { intakes { nodes { facility { name } } } massByStream { mass } } } }
  waste { facilities { name village { name } } intakes(order: MASS_DESC) { nodes { id household { id } } } massByStream { mass } }
  cctv { cameras(order: CODE_ASC) { nodes { code publicCamera { purpose } } } publicCameras { nodes { id } } }
  kartuCerdas { cards { nodes { resident { fullName } } } cardsByStatus { cards } } }
  region(code: "51.02") { waste { massByStream { mass } } kartuCerdas { cardsByStatus { cards } } }
  cctvPublicCameras(first: 2) { nodes { village { name } } } }"""
STANDING = re.compile(r"(?:FROM|JOIN) (\w+) (?:AS )?(t\d+)\b")


def operations(host: Host) -> Iterator[str]:
    yield EVERYTHING
    yield from (block.text for block in blocks(language="graphql"))


def everywhere(host: Host) -> Actor:
    """Whoever holds every permission in Bengkel, and lives there."""
    return Actor(held=(Held("all", frozenset(host.catalogue.permissions), PlaceKind.REGION, BENGKEL),))


def plans(host: Host, dialect: str, *, walls: bool = True) -> Iterator[Plan]:
    schema = host.schema
    documents, preparations = Documents(schema.graphql, Limits()), Preparations(schema.graphql)
    query: Any = schema.graphql.query_type
    for text in operations(host):
        try:
            document = documents.load(text)
            prepared = preparations.of(document, None)
            request = Request(everywhere(host), prepared.variables.coerce({}), "en", date(2026, 11, 25))
        except WantilanError:
            continue
        if prepared.operation.operation is not OperationType.QUERY:
            continue
        selection = Selection(schema.graphql, document.fragments, request.variables)
        planner = new_planner(schema, Pieces(DIALECTS[dialect]()), request, selection, walls=walls)
        roots = selection.fields(query, [prepared.operation.selection_set])
        pairs = [
            (key, root(planner, schema.bound["Query"][nodes[0].name.value], key, nodes))
            for key, nodes in roots.items()
            if schema.is_planned(schema.bound["Query"][nodes[0].name.value])
        ]
        yield planner.finish(pairs)


WALL = r"(?:\+{0} IN s|nullif\({0} = ANY)"
ASKED_ABOVE = r"{0} = (t\d+)\.id\)* AND \(*(?:\+\1\.id IN s|nullif\(\1\.id = ANY)"
"""A row below a village: its condition is asked of the village's own id, to which its own is tied."""
TIE = r"(t\d+)\.(?:village_id|id) = {0}\.village_id\b|\b{0}\.village_id = (t\d+)\.(?:village_id|id)\b"


def unguarded(host: Host, plan: Plan) -> list[str]:
    """Tables of a village that stand in a statement without a village condition: of their own, or of a row
    of such a table in the same village, on which they hang.
    """
    tables = {sql_table(m).name for m in host.models if issubclass(m, VillageTable)}
    standing = {alias: table for table, alias in STANDING.findall(plan.sql) if table in tables}

    def walled(alias: str) -> bool:
        column = rf"{alias}\.village_id"
        if re.search(WALL.format(column), plan.sql):
            return True
        if re.search(ASKED_ABOVE.format(column), plan.sql):
            return True
        below = re.search(
            rf"{column} (?:IN \(|= any\(array\(\()SELECT rv\.id.*?" + WALL.format(r"rv\.id"), plan.sql
        )
        hangs_on = {a or b for a, b in re.findall(TIE.format(alias), plan.sql)} & standing.keys()
        # A row hangs on what was numbered before it: so this ends.
        return below is not None or any(walled(o) for o in hangs_on if int(o[1:]) < int(alias[1:]))

    return [f"{table} {alias}" for alias, table in standing.items() if not walled(alias)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_table_of_a_village_stands_without_its_wall_and_its_rule(
    wantilan_host: Host, dialect: str
) -> None:
    made = list(plans(wantilan_host, dialect))
    assert len(made) > 5
    standing = {table for plan in made for table, _ in STANDING.findall(plan.sql)}
    tables = {sql_table(m).name for m in wantilan_host.models if issubclass(m, VillageTable)}
    assert standing & tables >= {
        "resident",
        "household",
        "waste_intake",
        "kartu_card",
        "cctv_camera",
        "hamlet_head",
    }
    assert [fault for plan in made for fault in unguarded(wantilan_host, plan)] == []
    bare = list(plans(wantilan_host, dialect, walls=False))
    assert [fault for plan in bare for fault in unguarded(wantilan_host, plan)]  # the control


def test_only_one_module_writes_the_name_of_a_declared_table() -> None:
    writes = re.compile(r"\{[^}]*table\.name\}")
    found = {path.name for path in GRAPH.glob("*.py") if writes.search(path.read_text())}
    assert found == {"place.py"}
