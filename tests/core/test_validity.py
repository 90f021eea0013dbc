"""The short way past the validator: it never says yes to what graphql-core refuses, and says it often."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from graphql import DocumentNode, GraphQLError, GraphQLSchema, build_schema, parse, validate
from tests.core.made_documents import Maker
from tests.core.shell import known_host
from tests.system.pages import blocks

from wantilan.errors import LimitExceeded
from wantilan.graph import validity
from wantilan.graph.limits import check_document, check_text
from wantilan.graph.messages import rules_for
from wantilan.graph.validity import MOST_FRAGMENTS, MOST_MERGED, MOST_STEPS, Validity
from wantilan.settings import Limits, Settings

SDL = """
directive @mark(label: String) repeatable on FIELD
type Query {
  pet(id: ID!, kind: Kind = DOG): Pet
  pets(first: Int = 20, where: Where, tags: [[String!]!], must: Int! = 1): [Pet!]!
  dog: Dog
  anything(of: Blob, one: Choice): Anything
}
type Mutation { adopt(input: Where!): Dog }
type Subscription { adopted(id: ID): Dog  left: Dog }
interface Pet { id: ID!  name(loud: Boolean = false): String  friends(first: Int): [Pet!]! }
type Dog implements Pet { id: ID!  name(loud: Boolean = false): String  friends(first: Int): [Pet!]!  barks: Int! }
type Cat implements Pet { id: ID!  name(loud: Boolean = false): String  friends(first: Int): [Pet!]!  barks: Int }
type Stone { id: ID!  label: String }
union Anything = Dog | Stone
enum Kind { DOG CAT }
scalar Blob
input Where { name: String  kind: Kind  old: Float  inner: Where  names: [String!]  must: Int! = 1  need: Int! }
input Choice @oneOf { a: Int  b: String }
"""

SCHEMA = build_schema(SDL)
SMALL = Validity(SCHEMA)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema of everything installed."""
    return known_host(Settings(strict=True)).schema.graphql


def core_refuses(schema: GraphQLSchema, ast: DocumentNode) -> list[GraphQLError]:
    return validate(schema, ast, rules_for(schema))


def parsed(text: str) -> DocumentNode | None:
    """None when it does not parse or is over the limits: the walk comes after both."""
    try:
        check_text(text, Limits())
        ast = parse(text, no_location=True)
        check_document(ast, Limits())
    except (GraphQLError, LimitExceeded):
        return None
    return ast


def sure(text: str) -> bool:
    return SMALL.is_sure(parse(text, no_location=True))


# What is valid

VALID = [
    "{ dog { id } }",
    "query A { dog { id } } query B { pets { id } }",
    "mutation ($input: Where!) { adopt(input: $input) { id barks } }",
    "subscription ($id: ID) { adopted(id: $id) { id } }",
    "query ($id: ID!, $kind: Kind) { pet(id: $id, kind: $kind) { id friends(first: 3) { name } } }",
    'query ($id: ID = "a") { pet(id: $id) { id } }',
    "query ($must: Int) { pets(must: $must) { id } }",
    'query ($name: String, $w: Where) { pets(where: {need: 1, name: $name, inner: $w, names: ["a"]}) { id } }',
    'query ($tag: String!) { pets(tags: [["a", $tag], "b"]) { id } }',
    "query ($where: Where = {need: 2, kind: CAT, old: 1}) { pets(where: $where) { id } }",
    "query ($yes: Boolean!) { dog @include(if: $yes) { ... @skip(if: $yes) { id @mark @mark(label: null) } } }",
    "{ dog { ...F } pets { ...F ... on Dog { barks } } } fragment F on Pet { id ...G } fragment G on Pet { name }",
    "query ($first: Int) { dog { ...F } } fragment F on Dog { friends(first: $first) { id } }",
    "{ dog { id id d: id name(loud: true) name(loud: true) friends { id } friends { name } } }",
    "{ anything(of: 1) { __typename ... on Dog { barks } ... on Stone { id } ... on Pet { id } } }",
    '{ pet(id: 7, kind: CAT) { id __typename } pets(first: null, where: null) { ... { ... on Pet { id } } } }',
]  # fmt: skip


@pytest.mark.parametrize("text", VALID)
def test_what_ordinary_clients_write_is_surely_valid(text: str) -> None:
    assert core_refuses(SCHEMA, parse(text)) == []
    assert sure(text)


UNUSUAL = [
    "{ __schema { queryType { name } } }",
    '{ anything(of: {a: [1, "b"]}) { __typename } }',
    "{ anything(one: {a: 1}) { __typename } }",
    "{ anything { ... on Dog { x: name } ... on Stone { x: label } } }",
    "{ pet(id: 1, kind: CAT) { id } pet(kind: CAT, id: 1) { name } }",
]


def test_what_is_unusual_is_left_to_graphql_core_although_it_is_valid() -> None:
    assert all(core_refuses(SCHEMA, parse(text)) == [] for text in UNUSUAL)
    assert not any(sure(text) for text in UNUSUAL)


# One document for each rule

BROKEN = {
    "ExecutableDefinitionsRule": ["type A { a: Int } query { dog { id } }", "{ dog { id } } extend type Dog { x: Int }"],
    "KnownOperationTypesRule": [],  # this schema has all three; see below
    "UniqueOperationNamesRule": ["query A { dog { id } } query A { dog { id } }"],
    "LoneAnonymousOperationRule": ["{ dog { id } } query A { dog { id } }", "{ dog { id } } { dog { id } }"],
    "SingleFieldSubscriptionsRule": [
        "subscription { adopted { id } left { id } }",
        "subscription { __typename }",
        "subscription { ...F } fragment F on Subscription { adopted { id } left { id } }",
        "subscription { adopted @skip(if: true) { id } }",
    ],
    "KnownTypeNamesRule": ["query ($a: Nope) { dog { id } }", "{ dog { ... on Nope { id } } }"],
    "FragmentsOnCompositeTypesRule": ["{ dog { ... on Kind { id } } }", "{ dog { ...F } } fragment F on String { id }"],
    "VariablesAreInputTypesRule": ["query ($a: Dog) { dog { id } }", "query ($a: [Pet!]!) { dog { id } }"],
    "ScalarLeafsRule": ["{ dog }", "{ dog { id { a } } }", "{ dog { barks { } } }"],
    "FieldsOnCorrectTypeRule": ["{ cat { id } }", "{ anything { id } }", "{ pets { barks } }", "{ dog { __schema { x } } }"],
    "UniqueFragmentNamesRule": ["{ dog { ...F } } fragment F on Dog { id } fragment F on Dog { id }"],
    "KnownFragmentNamesRule": ["{ dog { ...F } }"],
    "NoUnusedFragmentsRule": [
        "{ dog { id } } fragment F on Dog { id }",
        "{ dog { id } } fragment F on Dog { ...G } fragment G on Dog { ...F }",
    ],
    "PossibleFragmentSpreadsRule": [
        "{ dog { ... on Cat { id } } }",
        "{ dog { ...F } } fragment F on Stone { id }",
        "{ anything { ... on Cat { id } } }",
    ],
    "NoFragmentCyclesRule": [
        "{ dog { ...F } } fragment F on Dog { ...F }",
        "{ dog { ...F } } fragment F on Pet { friends { ...G } } fragment G on Pet { friends { ...F } }",
    ],
    "UniqueVariableNamesRule": ["query ($a: Int, $a: Int) { pets(first: $a) { id } }"],
    "NoUndefinedVariablesRule": [
        "{ pets(first: $a) { id } }",
        "query A($a: Int) { pets(first: $a) { ...F } } query B { pets { ...F } } fragment F on Pet { friends(first: $a) { id } }",
        "{ pets(where: {need: 1, names: [$a]}) { id } }",
        "{ dog @skip(if: $a) { id } }",
    ],
    "NoUnusedVariablesRule": ["query ($a: Int) { dog { id } }", "query A($a: Int) { dog { id } } query B($a: Int) { pets(first: $a) { id } }"],
    "KnownDirectivesRule": [
        "{ dog @nope { id } }",
        "query @skip(if: true) { dog { id } }",
        "{ dog { ...F } } fragment F on Dog @include(if: true) { id }",
        "{ dog { ... @mark { id } } }",
        "query ($a: Int @mark) { pets(first: $a) { id } }",
        "{ dog @deprecated { id } }",
    ],
    "UniqueDirectivesPerLocationRule": ["{ dog @skip(if: true) @skip(if: true) { id } }"],
    "KnownArgumentNamesRule": ["{ dog(a: 1) { id } }", "{ dog @skip(if: true, a: 1) { id } }", "{ dog { __typename(a: 1) } }"],
    "UniqueArgumentNamesRule": ["{ pets(first: 1, first: 1) { id } }", "{ dog @skip(if: true, if: true) { id } }"],
    "LiteralsFit": [
        '{ pets(first: "1") { id } }',
        "{ pets(first: 2147483648) { id } }",
        "{ pets(first: 1.5) { id } }",
        "{ pets(must: null) { id } }",
        "{ pet(id: 1.5) { id } }",
        '{ pet(id: 1, kind: "DOG") { id } }',
        "{ pet(id: 1, kind: COW) { id } }",
        "{ pets(where: {}) { id } }",
        "{ pets(where: {need: null}) { id } }",
        "{ pets(where: {need: 1, nope: 1}) { id } }",
        "{ pets(where: {need: 1, old: 1e999}) { id } }",
        "{ pets(where: {need: 1, inner: [{need: 1}]}) { id } }",
        "{ pets(where: 1) { id } }",
        "{ pets(tags: [[null]]) { id } }",
        "{ anything(one: {a: 1, b: null}) { __typename } }",
        'query ($a: Int = "x") { pets(first: $a) { id } }',
        "query ($a: Int! = null) { pets(first: $a) { id } }",
        "{ dog @skip(if: 1) { id } }",
    ],
    "ProvidedRequiredArgumentsRule": ["{ pet { id } }", "{ dog @skip { id } }"],
    "VariablesInAllowedPositionRule": [
        "query ($a: ID) { pet(id: $a) { id } }",
        "query ($a: ID = null) { pet(id: $a) { id } }",
        "query ($a: String!) { pet(id: $a) { id } }",
        "query ($a: [Int]) { pets(first: $a) { id } }",
        "query ($a: String) { pets(tags: [[$a]]) { id } }",
        "query ($a: String!) { pets(tags: [$a]) { id } }",
        "query ($a: Int) { pets(where: {need: $a}) { id } }",
        "query ($a: Boolean) { dog @skip(if: $a) { id } }",
        "query A($a: Int) { ...F } query B($a: ID) { ...F } fragment F on Query { pets(first: $a) { id } }",
        "query ($a: Int) { anything(one: {a: $a}) { __typename } }",
    ],
    "OverlappingFieldsCanBeMergedRule": [
        "{ dog { a: id a: barks } }",
        "{ dog { name name(loud: true) } }",
        "{ dog { name(loud: true) ...F } } fragment F on Dog { name(loud: false) }",
        "{ pets { ... on Dog { barks } ... on Cat { barks } } }",
        "{ dog { friends { a: id } friends { a: name } } }",
        "{ dog { friends { friends { a: id } } ...F } } fragment F on Pet { friends { friends { a: name } } }",
        "query ($a: Int, $b: Int) { dog { friends(first: $a) { id } friends(first: $b) { id } } }",
        "{ pets { ...F ...G } } fragment F on Dog { x: friends { id } } fragment G on Cat { x: friends { id: name } }",
    ],
    "UniqueInputFieldNamesRule": ["{ pets(where: {need: 1, need: 1}) { id } }"],
    "MaxIntrospectionDepthRule": ["{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"],
    "SelectionsSelect": ["{ }", "{ dog { } }", "{ dog { id ... { } } }", "{ dog { ...F } } fragment F on Dog { }"],
}  # fmt: skip


@pytest.mark.parametrize("rule", rules_for(SCHEMA), ids=lambda rule: rule.__name__)
def test_what_breaks_a_rule_is_not_sure(rule: type) -> None:
    for text in BROKEN[rule.__name__]:
        ast = parse(text)
        if rule.__name__ != "LiteralsFit" or "oneOf" not in text:
            assert validate(SCHEMA, ast, [rule]), f"graphql-core accepts {text}"  # type: ignore[list-item]
        assert not sure(text), text


def test_every_rule_has_a_document_that_breaks_it() -> None:
    assert set(BROKEN) == {rule.__name__ for rule in rules_for(SCHEMA)}
    assert [name for name, texts in BROKEN.items() if not texts] == ["KnownOperationTypesRule"]
    reader = Validity(build_schema("type Query { a: Int }"))
    assert reader.is_sure(parse("{ a }"))
    assert not reader.is_sure(parse("mutation { a }"))


def test_fragments_with_arguments_and_deferred_parts_are_left_to_graphql_core() -> None:
    text = "{ dog { ...F(loud: true) } } fragment F($loud: Boolean) on Dog { name(loud: $loud) }"
    assert not SMALL.is_sure(parse(text, experimental_fragment_arguments=True))
    deferring = build_schema("directive @defer(if: Boolean) on INLINE_FRAGMENT type Query { a: Int }")
    assert not Validity(deferring).is_sure(parse("{ ... @defer { a } }"))


# Bounds


def test_the_walk_gives_up_in_time() -> None:
    chain = " ".join(f"fragment F{i} on Pet {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
    assert not sure("{ dog { ...F0 } } " + chain + " fragment F40 on Pet { id }")
    names = [f"a{i}" for i in range(MOST_STEPS)]
    assert not sure("{ dog { " + " ".join(f"{name}: id" for name in names) + " } }")
    assert not sure("{ dog { " + "id " * (MOST_MERGED + 2) + " } }")
    many = range(MOST_FRAGMENTS + 1)
    parts = " ".join(f"fragment F{i} on Dog {{ id }}" for i in many)
    assert not sure("{ dog { " + " ".join(f"...F{i}" for i in many) + " } } " + parts)
    long = "[" + '"a" ' * 50 + "]"
    assert not sure(
        "{ " + " ".join(f"q{i}: dog {{ ...F }}" for i in range(100)) + " } fragment F on Dog { "
        + " ".join(f"f{i}: friends(first: 1) {{ id }}" for i in range(50)) + " }"
    )  # fmt: skip
    assert sure("{ pets(tags: [" + long + "]) { id } }")


# Over the real schema


@pytest.fixture(scope="module")
def real(schema: GraphQLSchema) -> Validity:
    return Validity(schema)


DOCUMENTS, MUTANTS = 100, 15


@pytest.fixture(scope="module")
def made(schema: GraphQLSchema) -> list[str]:
    return [Maker(schema, seed).document() for seed in range(DOCUMENTS)]


@pytest.fixture(scope="module")
def mutants(schema: GraphQLSchema, made: list[str]) -> list[DocumentNode]:
    """Those that still parse: about half."""
    makers = [Maker(schema, 10_000 + seed) for seed in range(len(made))]
    texts = (maker.mutant(text) for maker, text in zip(makers, made, strict=True) for _ in range(MUTANTS))
    return [ast for ast in map(parsed, texts) if ast is not None]


def test_of_valid_documents_99_in_100_are_decided_fast_and_none_wrongly(
    schema: GraphQLSchema, real: Validity, made: list[str]
) -> None:
    fast = slow = 0
    for text in made:
        ast = parsed(text)
        if ast is None:
            continue
        errors = core_refuses(schema, ast)
        if real.is_sure(ast):
            assert errors == [], text
            fast += 1
        else:
            slow += not errors
    assert fast > DOCUMENTS / 2
    assert slow <= fast / 100


def test_no_mutant_that_graphql_core_refuses_is_called_valid(
    schema: GraphQLSchema, real: Validity, mutants: list[DocumentNode]
) -> None:
    decided = left = 0
    for ast in mutants:
        if not real.is_sure(ast):
            left += 1
            continue
        decided += 1
        assert core_refuses(schema, ast) == []
    assert decided > 50 and left > 500


PLANTED: dict[str, tuple[str, Callable[..., object]]] = {
    "fields that do not go together": ("_are_alike", lambda *_: True),
    "variables in any place": ("allowed_variable_usage", lambda *_: True),
    "literals of any type": ("fits_leaf", lambda *_: True),
    "input objects without what they need": ("is_required_input_field", lambda *_: False),
    "no check at all": ("_sure", lambda right: None),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(
    schema: GraphQLSchema, mutants: list[DocumentNode], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, broken = PLANTED[fault]
    monkeypatch.setattr(validity, name, broken)
    faulty = Validity(schema)
    wrong = (ast for ast in mutants if is_sure_or_breaks(faulty, ast) and core_refuses(schema, ast))
    assert next(wrong, None) is not None


def is_sure_or_breaks(faulty: Validity, ast: DocumentNode) -> bool:
    try:
        return faulty.is_sure(ast)
    except Exception:
        return False


@pytest.mark.parametrize("block", [pytest.param(b, id=str(b)) for b in blocks(language="graphql")])
def test_every_operation_of_the_documentation_is_decided_fast(block: object, real: Validity) -> None:
    text = block.text  # type: ignore[attr-defined]
    if block.tags.get("as") or not block.tags:  # type: ignore[attr-defined]
        assert real.is_sure(parse(text, no_location=True)), text
