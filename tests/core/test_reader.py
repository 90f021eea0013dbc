"""The short way past the parser: what it reads, graphql-core reads alike; what it leaves, graphql-core judges."""

from __future__ import annotations

import pytest
from graphql import DocumentNode, GraphQLSyntaxError, get_introspection_query, parse
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.made_documents import Maker
from tests.core.shell import known_host
from tests.system.pages import blocks

from wantilan.graph import reader
from wantilan.graph.limits import scan
from wantilan.graph.reader import read
from wantilan.settings import Settings

READ = [
    "{ a }",
    "{}",
    "query { a { } }",
    "query A { a: b(c: 1, d: -2.5e3, e: \"é, ü\", f: true, g: null, h: ORGANIK, i: [1 [2]], j: {k: {l: $m}}) }",
    "mutation A($a: [Int!]! = [1], $b: B = {c: X} @d(e: 1)) @f { g @skip(if: $a) @include(if: true) { h } }",
    "subscription A { ...B ... on C @d { e } ... @f { g } ... { h } } fragment B on C @d { e }",
    "# first\n{ a # \"second\n, b }#last",
    "\ufeff{\ra\r\n}\t",
    "{ on fragment query true(null: false) }",
    "{ a(b: [1-2]) c(d: \"\" e: \"#\") }",
    get_introspection_query(),
]  # fmt: skip

LEFT = [
    '{ a(b: """c""") }',
    '{ a(b: "\\n") }',
    '"said" query A { b }',
    "type A { b: Int }",
    "extend type A { b: Int }",
    "query (\"said\" $a: Int) { b }",
    "{ a(b: \"\ud800\") }",
    "# \udfff\n{ a }",
    *("", "{", "}", "{ a(", "{ a() }", "query () { a }", "{ a(b: ) }", "{ a(b: 01) }", "{ a(b: 1a) }", "{ a(b: 1.) }"),
    *("{ a(b: .5) }", "{ a(b: 1..2) }", "{ a(b: -) }", "{ a(b: 1e) }", "{ a(b: 0xF) }", "{ a(b: 'c') }", "{ a(b: \"c) }"),
    *("{ a: }", "{ .. a }", "{ ... on }", "{ ...on { a } }", "fragment on on A { b }", "fragment A { b }", "query ($a: Int = $b) { c }"),
    *("query ($a) { b }", "query ($a: [Int) { b }", "query ($a: Int! !) { b }", "{ a } b", "{ é }", "{ a & b }", "{ a @ }", "{ a(b: \x00) }"),
    *("query A B { c }", "{ a(1: 2) }", "{ a(b: {1: 2}) }", "{ a(b: $1) }", "{ a(b: [1) }", "...", "query", "fragment", "{ a(b: \"c\nd\") }"),
]  # fmt: skip


def parsed(text: str) -> DocumentNode | None:
    try:
        return parse(text, no_location=True)
    except GraphQLSyntaxError:
        return None


@pytest.mark.parametrize("text", READ)
def test_what_clients_write_is_read_without_the_parser(text: str) -> None:
    assert read(text, scan(text)) == parse(text, no_location=True)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_unusual_or_wrong_is_left_to_the_parser(text: str) -> None:
    assert read(text, scan(text)) is None


def test_of_what_is_left_some_is_right_and_most_is_wrong() -> None:
    assert [parsed(text) is not None for text in LEFT] == [True] * 6 + [False] * (len(LEFT) - 6)


@pytest.mark.parametrize("block", [pytest.param(b, id=str(b)) for b in blocks(language="graphql")])
def test_every_operation_of_the_documentation_is_read_without_the_parser(block: object) -> None:
    text = block.text  # type: ignore[attr-defined]
    assert read(text, scan(text)) == parse(text, no_location=True)


tokens = st.sampled_from(
    ["{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "...", "on", "query", "mutation", "fragment", "a", "b", "F",
     "Int", "null", "true", "1", "-2.5", "1e5", "0", ".", "-", '"x"', '""', '"', '"""', "\\", "#", "\n", "\ufeff", "\ud800", "é", "&"]
)  # fmt: skip
texts = (
    st.lists(tokens, max_size=30).map("".join)
    | st.lists(tokens, max_size=30).map(" ".join)
    | st.lists(tokens, max_size=12).map(lambda some: "{ a(b: " + "".join(some) + ") { c } }")
    | st.text(max_size=40)
)


@given(texts)
@example("{a(b:1-2)}")
@example('{a(b:"""")}')
@example('{a(b:"""""")}')
@example("{a(b:1#\n)}")
def test_whatever_is_read_the_parser_reads_alike(text: str) -> None:
    found = read(text, scan(text))
    assert found is None or found == parsed(text)


def test_documents_out_of_place_are_read_alike_or_not_at_all() -> None:
    schema = known_host(Settings(strict=True)).schema.graphql
    whole = out_of_place = 0
    for seed in range(60):
        maker = Maker(schema, seed)
        text = maker.document()
        found = read(text, scan(text))
        assert found == parsed(text) if '"""' not in text else found is None
        whole += found is not None
        for mutant in (maker.mutant(text) for _ in range(8)):
            found = read(mutant, scan(mutant))
            assert found is None or found == parsed(mutant)
            out_of_place += found is not None
    assert whole > 40 and out_of_place > 100


def test_a_reader_that_reads_otherwise_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_number", lambda token: reader.IntValueNode(value=token))
    assert read("{ a(b: 1.5) }", scan("{ a(b: 1.5) }")) != parsed("{ a(b: 1.5) }")
    assert read("{ a(b: 01) }", scan("{ a(b: 01) }")) is not None
