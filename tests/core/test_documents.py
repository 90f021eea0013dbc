"""Documents: loaded once, refused cleanly, and no refusal repeats a value that stood in the text."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    get_introspection_query,
    parse,
    specified_rules,
    validate,
)
from hypothesis import example, given
from hypothesis import strategies as st

from wantilan.errors import BadUserInput, LimitExceeded, ParseFailed, Refusal, Refusals, ValidationFailed
from wantilan.graph import documents
from wantilan.graph.documents import Document, Documents
from wantilan.graph.messages import LONGEST_MESSAGE, validation_text
from wantilan.settings import Limits

NIK = "5102061234567890"

SDL = """
type Query {
  resident(nik: Nik, name: String, age: Int, height: Float, alive: Boolean, id: ID, stream: Stream, where: Filter): Resident
  residents(names: [String!], wheres: [Filter!], must: Int!, choice: Choice): [Resident!]
}
type Mutation { register(input: Filter!): Resident }
type Resident { id: ID! name(upper: Boolean = false): String friends(first: Int): [Resident!]! }
enum Stream { ORGANIC RESIDUE }
scalar Nik
input Filter { nik: Nik, name: String, age: Int, height: Float, stream: Stream, inner: Filter, names: [String!], must: Int! = 1 }
input Choice @oneOf { nik: Int, name: String }
"""


def a_schema() -> GraphQLSchema:
    schema = build_schema(SDL)

    def no(value: object) -> object:
        raise ValueError(f"bad number {value}")

    schema.type_map["Nik"].parse_value = no  # type: ignore[attr-defined]
    schema.type_map["Nik"].coerce_input_value = no  # type: ignore[attr-defined]
    return schema


SCHEMA = a_schema()


@pytest.fixture
def library() -> Documents:
    return Documents(SCHEMA, Limits())


def refusals(text: str, library: Documents) -> list[Refusal]:
    """Every refusal of the text; empty when it loads."""
    try:
        library.load(text)
    except Refusals as several:
        return list(several.refusals)
    except Refusal as one:
        return [one]
    return []


def test_a_document_is_read_once(library: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "query A { resident { id } }"
    first = library.load(text)
    monkeypatch.setattr(documents, "parse", None)
    again = "".join(["query A ", "{ resident { id } }"])
    assert again is not text
    assert library.load(again) is first
    assert first.text == text


def test_a_refused_text_is_read_once_and_its_refusals_are_made_anew(
    library: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["{", "{ nope }", "{ resident { " * 9 + "id" + " }" * 19, "a " * 2_001]
    first = [refusals(text, library) for text in texts]
    monkeypatch.setattr(documents, "check_text", None)
    for text, before in zip(texts, first, strict=True):
        after = refusals(text, library)
        assert before and [(type(r), r.text, r.extensions) for r in before] == [
            (type(r), r.text, r.extensions) for r in after
        ]
        assert all(
            a is not b and a.extensions is not b.extensions for a, b in zip(before, after, strict=True)
        )


def test_operations_and_fragments_are_found_by_name(library: Documents) -> None:
    document = library.load(
        "query A { ...F } mutation B { register(input: {}) { id } } fragment F on Query { __typename }"
    )
    assert document.operation("B").operation.value == "mutation"
    assert document.operation("A") is document.operations["A"]
    assert list(document.fragments) == ["F"]
    for wrong in (None, "C", ""):
        with pytest.raises(BadUserInput) as caught:
            document.operation(wrong)
        assert str(caught.value).startswith("operationName: ")


def test_the_only_operation_needs_no_name(library: Documents) -> None:
    for text, name in (("{ __typename }", None), ("query A { __typename }", "A")):
        document = library.load(text)
        assert document.operation(None) is document.operations[name]
    with pytest.raises(BadUserInput) as caught:
        document.operation(NIK)
    assert NIK not in str(caught.value)


def test_the_introspection_query_loads(library: Documents) -> None:
    assert refusals(get_introspection_query(input_value_deprecation=True), library) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fragment F on Query { __typename }", "Fragment 'F' is never used."),
        ("type A { a: Int }", "The 'A' definition is not executable."),
        ("subscription { a }", "The subscription operation is not supported by the schema."),
        ("{ resident { id } ... @defer { __typename } }", "Unknown directive '@defer'."),
        ("{ residents(must: 1) @stream { id } }", "Unknown directive '@stream'."),
        ("{ }", "Select at least one field between { and }."),
        ("{ resident { ... { } } }", "Select at least one field between { and }."),
        ("{ resident { nmae } }", "Cannot query field 'nmae' on type 'Resident'. Did you mean 'name'?"),
        ("{ resident(age: \"1\") { id } }", "Query.resident(age:): expected Int."),
        ("{ resident(height: 1e999) { id } }", "Query.resident(height:): expected Float."),
        ("{ resident(nik: \"1\") { id } }", "Query.resident(nik:): expected Nik."),
        ("{ resident @skip(if: 1) { id } }", "@skip(if:): expected Boolean."),
        ("{ residents(must: null) { id } }", "Query.residents(must:): expected Int!, which is never null."),
        ("{ residents { id } }", "Argument 'Query.residents(must:)' of type 'Int!' is required, but it was not provided."),
        ("{ resident(stream: ORGANC) { id } }",
         "Query.resident(stream:): expected a value of the enumeration Stream. Did you mean 'ORGANIC'?"),
        ("{ resident(where: {inner: {agee: 1}}) { id } }", "Filter.inner: Filter has no field 'agee'. Did you mean 'age'?"),
        ("{ resident(where: 1) { id } }", "Query.resident(where:): expected an input object Filter."),
        ("{ residents(must: 1, names: [\"a\", 1]) { id } }", "Query.residents(names:): expected String."),
        ("{ residents(must: 1, choice: {nik: 1, name: null}) { id } }",
         "Query.residents(choice:): Choice takes exactly one field, and not null."),
        ("query ($a: Int = \"1\") { resident(age: $a) { id } }", "$a: expected Int."),
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_is_refused_in_plain_words(
    text: str, said: str, library: Documents
) -> None:
    found = refusals(text, library)
    assert {type(refusal) for refusal in found} == {ValidationFailed}
    assert said in [str(refusal) for refusal in found]


@pytest.mark.parametrize(
    ("text", "said", "line", "column"),
    [
        ("", "Syntax error at line 1, column 1: unexpected <EOF>.", 1, 1),
        ("{ a\n  ( }", "Syntax error at line 2, column 5: expected Name, found '}'.", 2, 5),
        ("{ a(b: ) }", "Syntax error at line 1, column 8: unexpected ')'.", 1, 8),
        ('{ a(b: "', "Syntax error at line 1, column 9: the string has no end.", 1, 9),
        ("{ a(b: 01) }", "Syntax error at line 1, column 9: a malformed number.", 1, 9),
        ("{ a(b: 'c') }", "Syntax error at line 1, column 8.", 1, 8),
        ("{ a(b: \"\ud800\") }", "Syntax error at line 1, column 9.", 1, 9),
    ],
)  # fmt: skip
def test_a_document_that_is_not_graphql_is_refused_with_its_place(
    text: str, said: str, line: int, column: int, library: Documents
) -> None:
    (refusal,) = refusals(text, library)
    assert isinstance(refusal, ParseFailed)
    assert str(refusal) == said
    assert refusal.text.id.startswith(f"Kesalahan sintaks di baris {line}, kolom {column}")
    assert refusal.extensions == {"locations": [{"line": line, "column": column}]}


def test_every_error_of_a_document_is_told_with_its_places(library: Documents) -> None:
    found = refusals('{ resident(age: "x") { nope }\n also }', library)
    assert [refusal.extensions["locations"] for refusal in found] == [
        [{"line": 1, "column": 17}],
        [{"line": 1, "column": 24}],
        [{"line": 2, "column": 2}],
    ]


def test_errors_stop_after_twenty_and_messages_are_short(library: Documents) -> None:
    found = refusals(
        "{ resident { " + " ".join(f"f{'a' * 700}{chr(97 + i)}" for i in range(25)) + " } }", library
    )
    assert len(found) == documents.MOST_ERRORS + 1
    assert "limit reached" in str(found[-1])
    assert all(len(str(refusal)) <= LONGEST_MESSAGE for refusal in found)


# Every kind of place in which a value may stand, wrongly; %s is a number of 16 digits.
PLACES = [
    "{ resident(age: %s) { id } }",
    '{ resident(age: "%s") { id } }',
    "{ resident(age: %s.5) { id } }",
    "{ resident(age: A%s) { id } }",
    "{ resident(age: [%s]) { id } }",
    '{ resident(age: {nik: "%s"}) { id } }',
    '{ resident(nik: "%s") { id } }',
    "{ resident(nik: %s) { id } }",
    '{ resident(nik: {a: ["%s"]}) { id } }',
    "{ resident(name: %s) { id } }",
    '{ resident(height: """%s""") { id } }',
    '{ resident(alive: "%s") { id } }',
    "{ resident(id: %s.5) { id } }",
    "{ resident(stream: N%s) { id } }",
    '{ resident(stream: "%s") { id } }',
    "{ resident(stream: %s) { id } }",
    '{ resident(where: "%s") { id } }',
    "{ resident(where: {age: \"%s\"}) { id } }",
    '{ resident(where: {nik: "%s", nope: 1}) { id } }',
    '{ resident(where: {inner: {name: "%s", must: null}}) { id } }',
    "{ resident(where: {inner: {stream: X%s}}) { id } }",
    '{ resident(where: {names: ["a", %s]}) { id } }',
    '{ residents(must: 1, names: [["%s"]]) { id } }',
    '{ residents(must: 1, wheres: ["%s"]) { id } }',
    '{ residents(must: 1, wheres: [{age: "%s"}]) { id } }',
    '{ residents(must: 1, choice: {nik: "%s", name: "%s"}) { id } }',
    '{ residents(must: "%s") { id } }',
    'query ($v: Int = "%s") { resident(age: $v) { id } }',
    'query ($v: Filter = {nik: "%s", age: A}) { resident(where: $v) { id } }',
    'query ($v: Stream = X%s) { resident(stream: $v) { id } }',
    'query ($v: [Nik!] = ["%s"]) { resident { id } }',
    "query ($v: Nope = %s) { resident(age: $v) { id } }",
    '{ resident @skip(if: "%s") { id } }',
    '{ resident @include(if: %s) { id } }',
    '{ resident @nope(a: "%s") { id } }',
    'query @skip(if: "%s") { resident { id } }',
    '{ resident { ... @skip(if: {a: "%s"}) { id } } }',
    '{ resident { ...F @skip(if: "%s") } } fragment F on Resident { id }',
    '{ resident(nope: "%s") { id } }',
    '{ nope(a: "%s") }',
    '{ resident(name: "a") { id } resident(name: "%s") { id } }',
    '{ a: resident(name: "%s") { id } a: residents(must: 1) { id } }',
    '{ resident(name: "a", name: "%s") { id } }',
    '{ resident(where: {name: "a", name: "%s"}) { id } }',
    '{ resident { name(upper: "%s") } }',
    '{ resident { ...F } } fragment F on Resident { friends(first: "%s") { id } }',
    'mutation { register(input: "%s") { id } }',
    'subscription { a(b: "%s") }',
    '{ resident(name: "%s") }',
    '{ resident { id(a: "%s") { b } } }',
    '"%s" { resident }',
    '"""%s""" query A { resident }',
    '{ resident(name: "%s) { id } }',
    '{ resident(name: "%s\n") { id } }',
    '{ resident(name: """%s) { id } }',
    '{ resident(name: "%s\\q") { id } }',
    '{ resident(name: "\\uZ%s") { id } }',
    '{ resident(name: "\\u{%s}") { id } }',
    "{ resident(name: '%s') { id } }",
    "{ resident(%s: 1) { id } }",
    "{ resident(where: {%s: 1}) { id } }",
    "{ resident($%s: 1) { id } }",
    "{ resident(name: $%s) { id } }",
    "query ($%s: Int) { resident { id } }",
    "query ($v: %s) { resident { id } }",
    "query %s { resident { id } }",
    "{ resident @%s { id } }",
    "{ resident { ...%s } }",
    "{ resident { ... on %s } }",
    "fragment %s on Query { resident { id } }",
    "{ %s: resident { id } }",
    "{ %s }",
    '{ "%s" }',
    '{ """%s""" }',
    "{ resident { id } } %s",
    '{ resident { id } } "%s"',
    '{ resident { id } } """%s"""',
    "%s",
    "{ resident(age: 0%s) { id } }",
    "{ resident(age: .%s) { id } }",
    "{ resident(age: %sa) { id } }",
    "{ resident(age: -%s) { id } }",
    "{ resident(age: 1.%se) { id } }",
    "{ a%s }",
    "{ resident(a%s: 1) { id } }",
    "{ resident(where: {a%s: 1}) { id } }",
    "query A%s { nope }",
    "query ($a%s: Int) { resident { id } }",
    "{ resident { ...F%s } }",
    "{ resident @d%s { id } }",
    "type T%s { a: Int }",
    "# %s\n{ nope }",
    "# %s",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_refusal_repeats_a_value_of_the_document(place: str, library: Documents) -> None:
    text = place.replace("%s", NIK)
    found = refusals(text, library)
    assert found, "the place must be refused, or the test shows nothing"
    for refusal in found:
        said = repr((refusal.text, refusal.extensions, refusal.path, str(refusal), refusal.args))
        assert NIK[:8] not in said
        assert NIK[-6:] not in said


def graphql_core_says(text: str) -> str:
    try:
        errors = validate(SCHEMA, parse(text), specified_rules)
    except GraphQLError as error:
        errors = [error]
    return " ".join(error.message for error in errors)


def test_graphql_core_would_have_repeated_it_in_most_places() -> None:
    leaked = [place for place in PLACES if NIK in graphql_core_says(place.replace("%s", NIK))]
    assert len(leaked) > len(PLACES) / 2
    for kind in (
        '(age: "%s")',
        "(stream: N%s)",
        "nope: 1}",
        '= "%s")',
        '@skip(if: "%s")',
        "} } %s",
        "query %s",
    ):
        assert any(kind in place for place in leaked), kind


tokens = st.sampled_from(
    ["{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "...", "on", "query", "mutation", "fragment", "resident",
     "residents", "id", "name", "friends", "must", "where", "inner", "age", "stream", "ORGANIC", "F", "Resident", "Int", "null",
     "true", "1", "-2.5", '"x"', '"', '"""', "\\", "#", "\n", "skip", "if", "__typename", "__schema", "type", "\ud800", "é", "."]
)  # fmt: skip


@given(st.lists(tokens, max_size=60).map(" ".join) | st.text(max_size=60))
@example("{ resident { id } }")
@example("{a(b:" * 3_000)
@example("{ resident { " + "... { " * 40 + "id" + " }" * 42)
@example("query (" + "$a: Int = 1 " * 400 + ") { resident { id } }")
@example("{ resident { friends { ...F } } } fragment F on Resident { friends { ...F } }")
def test_every_text_loads_or_is_refused(text: str) -> None:
    found = refusals(text, Documents(SCHEMA, Limits()))
    for refusal in found:
        assert isinstance(refusal, ParseFailed | ValidationFailed | LimitExceeded)
        assert str(refusal)


@given(st.lists(tokens, max_size=40).map(lambda some: "{ resident { " + " ".join(some) + " } }"))
@example("{ resident(age: 1) { id id nope } resident(age: 2) { id nope } }")
def test_what_graphql_core_refuses_is_refused_here_as_well(text: str) -> None:
    # Who says yes judges nodes without places, where equal ones are one to a dictionary.
    try:
        expected = bool(validate(SCHEMA, parse(text)))
    except GraphQLError:
        expected = True
    assert not expected or refusals(text, Documents(SCHEMA, Limits()))


def test_a_costly_document_is_refused_not_endured(library: Documents) -> None:
    (refusal,) = refusals("{ resident { " + "friends { id } " * 480 + "} }", library)
    assert isinstance(refusal, LimitExceeded)
    assert refusal.extensions["limit"] == "repeats"


def test_a_validator_that_gives_up_is_explained() -> None:
    text = validation_text(GraphQLError("Validation aborted."))
    assert "ask for less at once" in text.en


def test_nodes_carry_no_places(library: Documents) -> None:
    field = library.load("{ resident { id } }").operation(None).selection_set.selections[0]
    assert isinstance(field, FieldNode)
    assert field.loc is None


def test_memory_stays_bounded_whatever_is_sent() -> None:
    library = Documents(SCHEMA, Limits(), size=16)
    assert isinstance(library.load("{ resident { id } }"), Document)
    gc.collect()
    tracemalloc.start()
    try:
        held = []
        note = "x" * 900
        for i in range(90):
            refusals(f'{{ resident(name: "{i}") {{ id }} }} # {note}', library)
            refusals(f"{{ nope{i} }} # {note}", library)
            if i in (29, 89):
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] < held[0] * 1.5
    assert held[1] < 2_000_000
