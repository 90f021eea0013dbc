"""Limits of documents: exact at the edge, linear for bombs, and no traceback for anything nested deeply."""

from __future__ import annotations

import time

import pytest
from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
)
from graphql.language import Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import LimitExceeded
from wantilan.graph.limits import NESTING, REPEATS, check_document, check_text, scan
from wantilan.settings import Limits

WIDE = 10**400


def refused(text: str, **limits: int) -> tuple[object, object] | None:
    """The limit and the number of the refusal, None when the text passes."""
    allowed = Limits(**limits)
    try:
        check_text(text, allowed)
        check_document(parse(text), allowed)
    except LimitExceeded as over:
        return over.extensions["limit"], over.extensions["allowed"]
    return None


@pytest.mark.parametrize(
    ("text", "limit", "setting", "count"),
    [
        ("{ a b }", "documentCharacters", "document_characters", 7),
        ("{ a b # note\n }", "tokens", "tokens", 5),
        ("{ a { b { c } } d }", "depth", "depth", 3),
        ("{ a { ... { ... on T { b } } } }", "depth", "depth", 2),
        ("{ a { ...F } } fragment F on T { b { c } }", "depth", "depth", 3),
        ("{ x: a { y: b ...F } ...F } fragment F on T { z: c }", "aliases", "aliases", 4),
        ("query ($v: Int @d) @d { a @d ... @d { b } ...F @d } fragment F on T @d { c @d }", "directives", "directives", 7),
        ("{ a ... { b { x } } ...F ...F } fragment F on T { c { y } d }", "rootFields", "root_fields", 6),
        ("{ a } query B { a { b { c { d } } } }", "depth", "depth", 4),
    ],
)  # fmt: skip
def test_a_limit_is_named_one_below_the_count_and_silent_at_the_count(
    text: str, limit: str, setting: str, count: int
) -> None:
    assert refused(text, **{setting: count}) is None
    assert refused(text, **{setting: count - 1}) == (limit, count - 1)


def test_introspection_is_exempt_from_depth_and_nothing_else_is() -> None:
    assert refused(get_introspection_query(), depth=1) is None
    assert (
        refused('{ __type(name: "A") { ofType { ...T } } } fragment T on __Type { ofType { name } }', depth=1)
        is None
    )
    assert refused("{ a { ofType { ...T } } } fragment T on __Type { ofType { name } }", depth=3) == (
        "depth",
        3,
    )
    assert refused("{ __schema { types { x: name } } }", aliases=0) == ("aliases", 0)
    assert refused("{ __schema { types { name } } }", root_fields=0) == ("rootFields", 0)


def bomb(length: int, spreads: int) -> str:
    links = [f"fragment f{i} on T {{ x: a @d {f'...f{i + 1} ' * spreads} }}" for i in range(length)]
    return "{ ...f0 } " + " ".join(links) + f" fragment f{length} on T {{ x: a }}"


def test_a_bomb_of_nested_fragments_is_counted_and_not_walked() -> None:
    started = time.perf_counter()
    assert refused(bomb(80, 8), document_characters=WIDE, tokens=WIDE) == ("aliases", 30)
    everything_else = {"aliases": WIDE, "directives": WIDE, "root_fields": 8**80}
    assert refused(bomb(80, 8), document_characters=WIDE, tokens=WIDE, **everything_else) == (
        "rootFields",
        8**80,
    )
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("again", ["b ", "b: c ", "... { b } ", "b { x } ", "b(c: 1) "])
def test_a_name_may_stand_again_in_a_selection_set_but_not_without_end(again: str) -> None:
    wide = {"aliases": WIDE, "root_fields": WIDE}
    assert refused("{ a { b " + again * REPEATS + "} }", **wide) is None
    assert refused("{ a { b " + again * (REPEATS + 1) + "} }", **wide) == ("repeats", REPEATS)
    half = again * (REPEATS // 2 + 1)
    assert refused(f"{{ a {{ b {half} }} ...F }} fragment F on T {{ b {half} }}", **wide) == (
        "repeats",
        REPEATS,
    )


def test_names_of_different_places_and_types_are_no_repeats() -> None:
    assert refused("{ a { " + "".join(f"f{i} {{ id name }} " for i in range(200)) + "} }") is None
    assert refused("{ a { " + "".join(f"... on T{i} {{ id name }} " for i in range(150)) + "} }") is None
    assert refused("{ a { " + "... on T { id name } " * 150 + "} }") == ("repeats", REPEATS)


def test_a_cycle_of_fragments_ends_and_is_left_to_validation() -> None:
    cycle = "{ ...A } fragment A on T { x: a ...B } fragment B on T { y: b ...A ...B ...Unknown }"
    assert refused(cycle, aliases=2) is None
    assert refused(cycle, aliases=1) == ("aliases", 1)


def test_a_chain_of_fragments_is_nesting_too() -> None:
    assert refused(bomb(NESTING - 2, 1), aliases=200, directives=200, root_fields=200) is None
    assert refused(bomb(NESTING - 1, 1), aliases=200, directives=200, root_fields=200) == ("nesting", NESTING)
    assert refused(bomb(1_500, 1), document_characters=WIDE, tokens=WIDE) == ("nesting", NESTING)


@pytest.mark.parametrize("repeated", ["{a", "{...", "{a(b:", "[", "(", "{a(b:[", "query($a:[", "{a:"])
def test_deep_nesting_is_refused_before_the_parser_recurses(repeated: str) -> None:
    assert refused(repeated * 9_000, document_characters=WIDE, tokens=WIDE) == ("nesting", NESTING)


def test_brackets_in_strings_and_comments_nest_nothing() -> None:
    many = "{[(" * 100
    text = f'{{ a(b: "{many}\\"{many}", c: """{many}"x"\\"""{many}""") # {many}\n b }}'
    assert refused(text) is None
    assert refused(text.replace("#", "")) == ("nesting", NESTING)


@pytest.mark.parametrize(
    "text", ['"' * 19_999, '"""' + "\\" * 19_000, '"' + "\\" * 19_000, "." * 19_999, "-" * 19_999]
)
def test_unfinished_text_is_scanned_in_linear_time(text: str) -> None:
    started = time.perf_counter()
    scan(text * 20)
    assert time.perf_counter() - started < 2


pieces = st.sampled_from(
    ["{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "|", "&", "...", "a", "_B9", "1", "-20", "0.5", "1e9",
     "-1.5E-3", '""', '"a#{"', '"\\"["', '"""b"""', '"""\n"x" \\""" {"""', "# {note\n", "#\r", "\n", "\r\n", ",", "\ufeff", "\t"]
)  # fmt: skip


def counted_by_the_lexer(text: str) -> int | None:
    lexer = Lexer(Source(text))
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            pass
    except GraphQLError:
        return None
    token, count = lexer.token, -1
    while token.prev is not None:
        token, count = token.prev, count + 1
    return count


@given(st.lists(pieces, max_size=40), st.sampled_from([" ", ""]))
def test_the_scan_finds_the_tokens_that_graphql_core_finds(some: list[str], between: str) -> None:
    text = between.join(some)
    expected = counted_by_the_lexer(text)
    assert expected is None or expected == len(scan(text))


names = st.sampled_from(["F0", "F1", "F2", "F3", "F4"])


@st.composite
def selections(draw: st.DrawFn, fragments: list[str], depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["field", "field", "inline", "spread"]))
        marks = draw(st.sampled_from(["", " @d", " @d @e"]))
        if kind == "spread" and fragments:
            parts.append(f"...{draw(st.sampled_from(fragments))}{marks}")
            continue
        inner = (
            draw(selections(fragments, depth + 1))
            if depth < 3 and (kind == "inline" or draw(st.booleans()))
            else ""
        )
        if kind == "inline" and inner:
            parts.append(f"...{marks} {inner}")
        else:
            parts.append(
                f"{draw(st.sampled_from(['', 'x: ']))}{draw(st.sampled_from(['a', '__schema']))}{marks} {inner}"
            )
    return "{ " + " ".join(parts) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    text = draw(selections(["F0", "F1", "F2", "F3"]))
    for i in range(4):
        text += f" fragment F{i} on T {draw(selections([f'F{j}' for j in range(i + 1, 4)]))}"
    return text


def expanded(text: str) -> dict[str, int]:
    """The counts by walking every expansion: slow, simple, and not how the code under test does it."""
    document = parse(text)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    found = {"depth": 0, "aliases": 0, "directives": 0, "rootFields": 0}

    def walk(nodes: object, fields: int, exempt: bool) -> None:
        for node in nodes.selections:  # type: ignore[attr-defined]
            found["directives"] += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                walk(fragments[node.name.value].selection_set, fields, exempt)
            elif isinstance(node, InlineFragmentNode):
                walk(node.selection_set, fields, exempt)
            else:
                found["aliases"] += node.alias is not None
                found["rootFields"] += fields == 0
                hidden = exempt or node.name.value == "__schema"
                if not hidden:
                    found["depth"] = max(found["depth"], fields + 1)
                if node.selection_set:
                    walk(node.selection_set, fields + 1, hidden)

    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk(definition.selection_set, 0, False)
    return found


@given(documents())
def test_arithmetic_counts_what_expansion_counts(text: str) -> None:
    for limit, count in expanded(text).items():
        wide = {
            "document_characters": WIDE,
            "tokens": WIDE,
            "depth": WIDE,
            "aliases": WIDE,
            "directives": WIDE,
            "root_fields": WIDE,
        }
        setting = "root_fields" if limit == "rootFields" else limit
        assert refused(text, **{**wide, setting: count}) is None
        assert count == 0 or refused(text, **{**wide, setting: count - 1}) == (limit, count - 1)
