"""`wantilan explain`: the statement, what binds its parameters, and the database's plan, on both databases."""

from __future__ import annotations

import json
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
    statement, parameters, plan = said.split("\n\n")
    assert "FROM resident t2" in statement
    assert any(line.strip().startswith("FROM village t1") for line in statement.splitlines())
    rows = [line.split("  ") for line in parameters.splitlines()[1:]]
    bound = {row[-1].strip(): " ".join(row) for row in rows}
    assert "variable $code" in bound[BENGKEL]
    assert "variable $n" in bound["3"]
    actors = [line for line in parameters.splitlines() if "actor: " in line]
    assert any("ranges resident.read" in line for line in actors)
    assert all(line.endswith(" -") for line in actors)
    assert "resident" in plan or "t2" in plan


def test_a_visitor_and_a_token_in_the_environment_are_asked_as(
    shell: Shell, operator: str, tmp_path: Path
) -> None:
    file, variables = asked(tmp_path, QUERY), json.dumps({"code": BENGKEL})
    assert "Not permitted" in shell.refused("explain", file, "--variables", variables)
    assert "FROM resident" in shell.done("explain", file, "--variables", variables, WANTILAN_TOKEN=operator)


@SQLITE
def test_what_has_no_plan_is_one_line(shell: Shell, operator: str, tmp_path: Path) -> None:
    def refused(text: str, *more: str, code: int = 1) -> str:
        return shell.refused("explain", asked(tmp_path, text), *more, code=code)

    assert "unknown, expired or revoked" in refused("{ me { actor } }", "--as", "wtl_x")
    assert "ordinary resolver" in refused("{ __schema { queryType { name } } }", "--as", operator)
    assert "code: Required." in refused(QUERY, "--as", operator)
    assert "document has several operations" in refused("query A { me { actor } } query B { me { actor } }")
    assert "mutation runs" in refused("mutation { __typename }", "--as", operator)
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
