"""Variables: the values of graphql-core, refusals where it refuses, and never a word of what was sent."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    build_schema,
    get_variable_values,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
    type_from_ast,
)
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import BadUserInput, LimitExceeded
from wantilan.graph.coerce import INPUT_DEPTH, MOST_FAULTS, Variables, coerce_variables

NIK = 5102061234567890


def a_schema() -> GraphQLSchema:
    schema = build_schema(
        """
        type Query { a: Int }
        enum Stream { ORGANIC RESIDUE }
        scalar Even
        scalar Json
        input Inner { n: Int! = 3, s: String, tags: [String!], self: Inner, e: Stream = RESIDUE, d: Boolean = null }
        input Choice @oneOf { a: Int, b: [String] }
        input Outer { id: ID!, when: Even, inner: Inner!, list: [Inner], matrix: [[Float!]], flag: Boolean! = true, c: Choice }
        """
    )
    types: dict[str, Any] = schema.type_map
    types["Stream"].values["ORGANIC"].value = 1
    types["Inner"].fields["s"].out_name = "s_text"

    def even(value: object) -> int:
        if not isinstance(value, int) or value % 2:
            raise ValueError(f"no even number: {value}")
        return value // 2

    types["Even"].coerce_input_value = types["Even"].parse_value = even
    return schema


SCHEMA = a_schema()


def an_operation(variables: str) -> OperationDefinitionNode:
    node = parse(f"query ({variables}) {{ a }}", no_location=True).definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return node


def coerced(variables: str, raw: dict[str, object]) -> dict[str, object]:
    return coerce_variables(SCHEMA, an_operation(variables), raw)


def faults(variables: str, raw: dict[str, object]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(BadUserInput) as caught:
        coerced(variables, raw)
    return [(fault.path, fault.code) for fault in caught.value.fields]


EVERYTHING = an_operation(
    "$int: Int!, $streams: [Stream!]! = [ORGANIC], $outer: Outer, $choice: Choice, $float: Float = 1.5, $id: ID,"
    " $grid: [[Int]], $inner: Inner! = {n: 4, tags: \"x\"}, $flag: Boolean, $even: Even = 8, $text: String, $json: Json,"
    " $choices: [Choice!]"
)  # fmt: skip

small_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**33), 2**33)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abnsx"), inner, max_size=3),
    max_leaves=4,
)
LEAVES: dict[str, st.SearchStrategy[object]] = {
    "Int": st.integers(-(2**31), 2**31 - 1) | st.sampled_from([1.0, -3.0]),
    "Float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    "ID": st.text(max_size=4) | st.integers() | st.just(2.0),
    "String": st.text(max_size=4),
    "Boolean": st.booleans(),
    "Even": st.integers().map(lambda n: 2 * n),
    "Json": small_json.filter(lambda value: value is not None),
}


@st.composite
def values(draw: st.DrawFn, type_: Any, wrong: int, depth: int = 0) -> object:
    """A value of the type; with `wrong`, one place in about so many has anything else."""
    if wrong and draw(st.integers(0, wrong)) == 0:
        return draw(small_json)
    if is_non_null_type(type_):
        type_ = type_.of_type
    elif draw(st.integers(0, 5)) == 0:
        return None
    if is_list_type(type_):
        if draw(st.integers(0, 3)) == 0:
            # One item may stand for the list, but not null, and a list of lists is not an item.
            alone = draw(values(type_.of_type, wrong, depth))
            return alone if alone is not None and not isinstance(alone, list) else [alone]
        return draw(st.lists(values(type_.of_type, wrong, depth), max_size=3))
    if is_enum_type(type_):
        return draw(st.sampled_from(list(type_.values)))
    if not is_input_object_type(type_):
        return draw(LEAVES[type_.name])
    if type_.is_one_of:
        name = draw(st.sampled_from(list(type_.fields)))
        one = draw(values(type_.fields[name].type, wrong, depth))
        return {name: [] if one is None else one} if name == "b" else {name: 1 if one is None else one}
    given_object: dict[str, object] = {}
    for name, field in type_.fields.items():
        must = is_non_null_type(field.type) and field.default is None and field.default_value is Undefined
        if depth > 2 and not must:
            continue
        if (must and not (wrong and draw(st.integers(0, wrong)) == 0)) or draw(st.booleans()):
            given_object[name] = draw(values(field.type, wrong, depth + 1))
    if wrong and draw(st.integers(0, wrong)) == 0:
        given_object[draw(st.sampled_from(["nope", "a", "51"]))] = 1
    return given_object


@st.composite
def requests(draw: st.DrawFn, wrong: int) -> dict[str, object]:
    raw: dict[str, object] = {"another": "ignored"}
    for node in EVERYTHING.variable_definitions or ():
        assert isinstance(node, VariableDefinitionNode)
        type_ = type_from_ast(SCHEMA, node.type)
        must = is_non_null_type(type_) and node.default_value is None and not wrong
        if must or draw(st.booleans()):
            raw[node.variable.name.value] = draw(values(type_, wrong))
    return raw


def by_graphql_core(raw: dict[str, object]) -> dict[str, Any] | None:
    result = get_variable_values(SCHEMA, EVERYTHING.variable_definitions or (), raw)
    return None if isinstance(result, list) else result.coerced


@given(requests(wrong=0))
def test_a_conforming_request_gives_the_values_of_graphql_core(raw: dict[str, object]) -> None:
    expected = by_graphql_core(raw)
    assert expected is not None
    assert repr(coerce_variables(SCHEMA, EVERYTHING, raw)) == repr(expected)


@given(requests(wrong=25))
def test_a_request_is_refused_exactly_when_graphql_core_refuses_it(raw: dict[str, object]) -> None:
    expected = by_graphql_core(raw)
    if expected is None:
        with pytest.raises(BadUserInput) as caught:
            coerce_variables(SCHEMA, EVERYTHING, raw)
        assert caught.value.fields
    else:
        assert repr(coerce_variables(SCHEMA, EVERYTHING, raw)) == repr(expected)


def test_absent_and_null_are_two_things() -> None:
    assert coerced("$a: Int, $b: Int = 3", {}) == {"b": 3}
    assert coerced("$a: Int, $b: Int = 3", {"a": None, "b": None}) == {"a": None, "b": None}
    assert coerced("$i: Inner", {"i": {}}) == {"i": {"n": 3, "e": "RESIDUE", "d": None}}
    assert coerced("$i: Inner", {"i": {"e": None, "s": "x"}}) == {
        "i": {"n": 3, "e": None, "d": None, "s_text": "x"}
    }


def test_the_required_is_missed_whether_absent_or_null() -> None:
    assert faults("$a: Int!", {}) == [(("a",), "REQUIRED")]
    assert faults("$a: Int! = 2", {"a": None}) == [(("a",), "REQUIRED")]
    assert faults("$i: [Outer!]", {"i": [{"inner": {"n": None}}, None]}) == [
        (("i", 0, "id"), "REQUIRED"),
        (("i", 0, "inner", "n"), "REQUIRED"),
        (("i", 1), "REQUIRED"),
    ]


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        ("Int", True, "WRONG_TYPE"),
        ("Int", 2**31, "WRONG_TYPE"),
        ("Int", 1.5, "WRONG_TYPE"),
        ("Int", "1", "WRONG_TYPE"),
        ("Int", [1], "WRONG_TYPE"),
        ("Float", float("inf"), "WRONG_TYPE"),
        ("Float", float("nan"), "WRONG_TYPE"),
        ("Float", False, "WRONG_TYPE"),
        ("Float", 10**400, "WRONG_TYPE"),
        ("String", 1, "WRONG_TYPE"),
        ("Boolean", 1, "WRONG_TYPE"),
        ("Boolean", "true", "WRONG_TYPE"),
        ("ID", True, "WRONG_TYPE"),
        ("ID", {}, "WRONG_TYPE"),
        ("Even", 3, "INVALID_VALUE"),
        ("Stream", "PLASTIC", "UNKNOWN_VALUE"),
        ("Stream", 1, "WRONG_TYPE"),
        ("Inner", [], "WRONG_TYPE"),
        ("Inner", "x", "WRONG_TYPE"),
        ("Choice", {}, "INVALID_VALUE"),
        ("Choice", {"a": 1, "b": []}, "INVALID_VALUE"),
        ("Choice", {"a": None}, "INVALID_VALUE"),
    ],
)
def test_a_wrong_value_has_a_path_and_a_code(type_: str, value: object, code: str) -> None:
    assert faults(f"$v: {type_}", {"v": value}) == [(("v",), code)]


def test_all_faults_are_named_at_once_and_not_more_than_fifty() -> None:
    raw: dict[str, object] = {
        "o": {"inner": {"tags": ["a", 1], "nope": 1}, "matrix": [[1, "x"]]},
        "s": ["ORGANIC", "B"],
    }
    assert faults("$o: Outer, $s: [Stream!], $n: Int!", raw) == [
        (("o", "id"), "REQUIRED"),
        (("o", "inner", "tags", 1), "WRONG_TYPE"),
        (("o", "inner", "nope"), "UNKNOWN_FIELD"),
        (("o", "matrix", 0, 1), "WRONG_TYPE"),
        (("s", 1), "UNKNOWN_VALUE"),
        (("n",), "REQUIRED"),
    ]
    assert len(faults("$v: [Int]", {"v": ["x"] * 10_000})) == MOST_FAULTS


def test_faults_speak_both_languages() -> None:
    with pytest.raises(BadUserInput) as caught:
        coerced("$v: [Even!]", {"v": [1]})
    (fault,) = caught.value.fields
    assert fault.text == ("Bukan Even yang sah.", "Not a valid Even.")


PLACES: list[tuple[str, object]] = [
    ("Int", NIK),
    ("Int", str(NIK)),
    ("Boolean", NIK),
    ("String", NIK),
    ("ID", [str(NIK)]),
    ("Float", str(NIK)),
    ("Even", NIK + 1),
    ("Stream", str(NIK)),
    ("Stream", f"A{NIK}"),
    ("Inner", str(NIK)),
    ("Inner", {str(NIK): 1}),
    ("Inner", {f"nik{NIK}": 1}),
    ("Inner", {"n": "x", "nik": str(NIK)}),
    ("Outer", {"id": str(NIK), "inner": {"n": str(NIK)}}),
    ("[Int!]", [NIK, str(NIK)]),
    ("Choice", {"a": NIK, "b": [str(NIK)]}),
]


@pytest.mark.parametrize(("type_", "value"), PLACES)
def test_no_refusal_repeats_what_was_sent(type_: str, value: object) -> None:
    with pytest.raises(BadUserInput) as caught:
        coerced(f"$v: {type_}", {"v": value})
    said = [str(caught.value), *(json.dumps(caught.value.detail(language)) for language in ("id", "en"))]
    assert str(NIK)[:10] not in "".join(said)


def test_graphql_core_would_have_repeated_it_in_every_place() -> None:
    for type_, value in PLACES:
        errors = get_variable_values(
            SCHEMA, an_operation(f"$v: {type_}").variable_definitions or (), {"v": value}
        )
        assert isinstance(errors, list)
        assert type_ == "Choice" or str(NIK)[:10] in "".join(error.message for error in errors)


def nested(depth: int, *, of: str) -> object:
    value: object = 1 if of == "list" else {}
    for _ in range(depth if of == "list" else depth - 1):
        value = [value] if of == "list" else {"self": value}
    return value


@pytest.mark.parametrize(("type_", "of"), [("Json", "list"), ("Json", "object"), ("Inner", "object")])
def test_input_may_nest_to_a_depth_and_not_beyond(type_: str, of: str) -> None:
    assert coerced(f"$v: {type_}", {"v": nested(INPUT_DEPTH, of=of)})
    for depth in (INPUT_DEPTH + 1, 100_000):
        with pytest.raises(LimitExceeded) as caught:
            coerced(f"$v: {type_}", {"v": nested(depth, of=of)})
        assert caught.value.extensions == {"limit": "inputDepth", "allowed": INPUT_DEPTH}


def test_depth_counts_from_the_variable_wherever_the_scalar_stands() -> None:
    lists = "[" * 10 + "Json" + "]" * 10
    assert coerced(f"$v: {lists}", {"v": nested(INPUT_DEPTH, of="list")})
    with pytest.raises(LimitExceeded):
        coerced(f"$v: {lists}", {"v": nested(INPUT_DEPTH + 1, of="list")})


def test_one_set_of_variables_serves_many_requests() -> None:
    variables = Variables(SCHEMA, EVERYTHING)
    assert variables.coerce({"int": 1}) == coerce_variables(SCHEMA, EVERYTHING, {"int": 1})
    first = variables.coerce({"int": 2, "streams": "RESIDUE"})
    assert first["streams"] == ["RESIDUE"]
    assert variables.coerce({"int": 3})["streams"] == [1]


@strawberry.enum
class Bin(enum.Enum):
    ORGANIC = "organic"


@strawberry.input(one_of=True)
class Who:
    nik: strawberry.Maybe[str]
    id: strawberry.Maybe[strawberry.ID]


@strawberry.input
class Weighing:
    mass_grams: int
    bin: Bin = Bin.ORGANIC


@strawberry.type
class Query:
    @strawberry.field
    def a(self, who: Who, weighing: Weighing) -> int:
        return 1


def test_strawberrys_types_give_what_its_resolvers_expect() -> None:
    schema = strawberry.Schema(Query)._schema
    operation = an_operation("$who: Who!, $w: Weighing!, $bin: Bin!")
    raw: dict[str, object] = {"who": {"nik": "1"}, "w": {"massGrams": 5}, "bin": "ORGANIC"}
    expected = get_variable_values(schema, operation.variable_definitions or (), raw)
    assert not isinstance(expected, list)
    assert coerce_variables(schema, operation, raw) == expected.coerced
    assert expected.coerced["bin"] is Bin.ORGANIC
    with pytest.raises(BadUserInput):
        coerce_variables(schema, operation, {**raw, "who": {"nik": "1", "id": "2"}})
