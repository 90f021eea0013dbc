"""`wantilan explain`: the statement, what binds its parameters, and the database's plan, on both databases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.shell import Shell

from wantilan.cli.layout import laid_out

BENGKEL = "51.02.06.2001"
QUERY = """query($code: RegionCode!, $n: Int = 3) {
  village(code: $code) { name residents(first: $n) { totalCount nodes { fullName nik } } } }"""
SQLITE = pytest.mark.parametrize("wantilan_dialect", ["sqlite"])
"""For what is settled before a database is asked."""


@pytest.fixture
def shell(wantilan_database_url: str) -> Shell:
    made = Shell(wantilan_database_url)
    made.done("village", "open", BENGKEL)
    return made


@pytest.fixture
def operator(shell: Shell) -> str:
    shell.done("role", "grant", "operator", "village_operator", BENGKEL)
    return shell.done("token", "create", "operator").strip()


def asked(folder: Path, text: str) -> str:
    path = folder / "query.graphql"
    path.write_text(text)
    return str(path)


def test_the_statement_its_parameters_and_its_plan_are_shown_and_the_actors_values_are_not(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    variables = json.dumps({"code": BENGKEL})
    said = shell.done("explain", asked(tmp_path, QUERY), "--as", operator, "--variables", variables)
    summary, tree, statement, parameters, wall, plan = said.split("\n\n")
    assert summary.splitlines()[0] == "query: 1 statement, at most 3 rows, cost 1"
    assert tree.splitlines()[0].split() == ["FIELD", "ONE", "STATEMENT"]
    assert "FROM resident t2" in statement
    assert any(line.strip().startswith("FROM village t1") for line in statement.splitlines())
    rows = [line.split("  ") for line in parameters.splitlines()[1:]]
    bound = {row[-1].strip(): " ".join(row) for row in rows}
    assert "variable $code" in bound[BENGKEL]
    assert "variable $n" in bound["3"]
    actors = [line for line in parameters.splitlines() if "actor: " in line]
    assert any("actor: villages" in line for line in actors)
    assert all(line.endswith(" -") for line in actors)
    assert BENGKEL not in tree + wall + plan
    assert "resident" in plan or "t2" in plan
    assert ("'…'" in plan) is ("sqlite" not in shell.url)


def test_each_field_says_where_it_comes_from_and_what_stands_before_it(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    said = shell.done(
        "explain", asked(tmp_path, QUERY), "--as", operator, "--variables", json.dumps({"code": BENGKEL})
    )
    _, tree, *_ = said.split("\n\n")
    shown = [re.sub(r" \[\W\w+\]", "", line) for line in tree.splitlines()[1:]]
    width = shown[1].index("- ")
    assert [f"{line[:width].rstrip()}|{line[width:]}" for line in shown] == [
        "village|one Village by village.code",
        "|- village t1: reference table, no wall; read by everyone",
        "  name|column village.name",
        "  residents|connection of Resident, searchable by resident_token.token, order FULL_NAME_ASC, 3 rows a page",
        "|- resident t2: wall: only the actor's villages; read by resident.read, which holds inside the wall; not for this actor: own household",
        "|- tied by (t2.village_id = t1.id)",
        "|- null where resident.read is not held for the place",
        "    totalCount|all rows of the list, counted",
        "    nodes|the rows of the page",
        "      fullName|column resident.full_name",
        "      nik|column resident.nik_masked",
    ]


def test_the_second_wall_is_named_where_there_is_one(shell: Shell, operator: str, tmp_path: Path) -> None:
    variables = json.dumps({"code": BENGKEL})
    said = shell.done("explain", asked(tmp_path, QUERY), "--as", operator, "--variables", variables)
    *_, parameters, wall, _ = said.split("\n\n")
    if "sqlite" in shell.url:
        assert wall == "Second wall: none on SQLite; the conditions in the statement are the wall."
        return
    slot = next(line.split()[0] for line in parameters.splitlines() if "actor: the wall" in line)
    assert wall == (
        f"Second wall: app.villages is set to {slot} inside the statement and ends with it; "
        "policies on resident read it."
    )


def test_a_visitor_and_a_token_in_the_environment_are_asked_as(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    file, variables = asked(tmp_path, QUERY), json.dumps({"code": BENGKEL})
    assert "Not permitted" in shell.refused("explain", file, "--variables", variables)
    assert "FROM resident" in shell.done("explain", file, "--variables", variables, WANTILAN_TOKEN=operator)


@SQLITE
def test_what_a_mutation_refers_to_is_explained_and_nothing_is_run(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    shell.done("role", "grant", "head", "perbekel", BENGKEL)
    head = shell.done("token", "create", "head").strip()
    text = f'''mutation {{ enableProgram(input: {{villageCode: "{BENGKEL}", program: "waste"}}) {{
      changed village {{ name }} }} }}'''
    said = shell.done("explain", asked(tmp_path, text), "--as", head)
    summary, tree, statement, parameters, *_ = said.split("\n\n")
    assert summary == "mutation: 1 statement, at most 1 row, cost 1"
    lines = [" ".join(line.split()) for line in tree.splitlines()]
    assert lines[:4] == [
        "FIELD ONE STATEMENT AFTER IT",
        "enableProgram a mutation: its function runs in one transaction",
        "- needs program.manage where it writes",
        "changed a value that the function returned",
    ]
    assert lines[4].startswith("village what the function refers to, read by its key")
    assert "FROM village t1" in statement
    assert "what the function returns" in parameters
    assert "waste" not in shell.done("village", "list")
    refused = shell.refused("explain", asked(tmp_path, text), "--as", operator)
    assert "Not permitted: needs program.manage" in refused


@SQLITE
def test_what_has_no_plan_is_named_and_what_stands_beside_it_is_planned(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    text = (
        f'{{ who: me {{ actor }} __schema {{ queryType {{ name }} }} village(code: "{BENGKEL}") {{ name }} }}'
    )
    said = shell.done("explain", asked(tmp_path, text), "--as", operator)
    summary, *_, mine, schema = said.rstrip().split("\n\n")
    assert summary.splitlines() == [
        "query: 1 statement, at most 1 row, cost 1",
        "not planned: me, __schema",
    ]
    assert "FROM village t1" in said
    assert [" ".join(line.split()) for line in mine.splitlines()] == [
        "FIELD NO STATEMENT OF OURS",
        "who a resolver: decides by itself what it reads",
        "actor a value that the function returned",
    ]
    assert "introspection: answered from the schema, no statement" in schema


@SQLITE
def test_what_cannot_be_explained_is_one_line(shell: Shell, operator: str, tmp_path: Path) -> None:
    def refused(text: str, *more: str, code: int = 1) -> str:
        return shell.refused("explain", asked(tmp_path, text), *more, code=code)

    assert "unknown, expired or revoked" in refused("{ me { actor } }", "--as", "wtl_x")
    assert "schema.introspect" in refused("{ __schema { queryType { name } } }")
    assert "code: Required." in refused(QUERY, "--as", operator)
    assert "document has several operations" in refused("query A { me { actor } } query B { me { actor } }")
    refused(QUERY, "--variables", "[1]", code=2)
    refused(QUERY, "--variables", "{", code=2)
    assert shell("explain", str(tmp_path / "none.graphql")).exit_code == 2


@SQLITE
def test_a_document_that_does_not_fit_is_refused_with_1(shell: Shell, tmp_path: Path) -> None:
    assert shell.refused("explain", asked(tmp_path, "{ nothing }"))
    assert shell.refused("explain", asked(tmp_path, "{ village("))


def test_clauses_stand_on_lines_of_their_own_and_functions_stay_whole() -> None:
    sql = "SELECT count(*) FILTER (WHERE a=1) FROM t WHERE b IN (SELECT x FROM u) AND c=' FROM ( '"
    assert laid_out(sql).splitlines() == [
        "SELECT count(*) FILTER (WHERE a=1)",
        "FROM t",
        "WHERE b IN (",
        "  SELECT x",
        "  FROM u) AND c=' FROM ( '",
    ]


@given(
    st.lists(st.sampled_from(["SELECT ", "FROM ", "(", ")", "'a  FROM b'", "x", " WHERE ", "''", '"q"', " "]))
)
def test_laying_out_changes_only_white_space_outside_of_literals(parts: list[str]) -> None:
    sql = "".join(parts)
    assert "".join(laid_out(sql).split()) == "".join(sql.split())
