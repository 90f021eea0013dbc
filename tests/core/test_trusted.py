"""Trusted documents: the manifests that are read, the faults that are named, and what runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema
from tests.core.test_persisted import asking

from wantilan.errors import BadUserInput, ConfigurationError, PersistedQueryNotFound
from wantilan.graph.documents import Documents
from wantilan.graph.http import Asked
from wantilan.graph.trusted import FORMAT, Trusted, read_manifest
from wantilan.settings import Limits

A, B = "query A { a }", "query B { b }"
Write = Callable[[object], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: object) -> Path:
        path = tmp_path / "manifest.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return written


def trusted(path: Path) -> Trusted:
    return Trusted.load(path, Documents(build_schema("type Query { a: Int b: Int }"), Limits()))


def apollo(*operations: Any, **given: Any) -> dict[str, Any]:
    return {"format": FORMAT, "version": 1, "operations": list(operations), **given}


@pytest.mark.parametrize(
    "manifest",
    [
        {"1a": A, "2b": B},
        {"sha256:1a": A, "2b": B},
        apollo({"id": "1a", "name": "A", "type": "query", "body": A}, {"id": "2b", "body": B}),
    ],
)
def test_a_plain_object_and_apollos_manifest_are_read(manifest: object, write: Write) -> None:
    assert dict(read_manifest(write(manifest))) == {"1a": A, "2b": B}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON in UTF-8"),
        ("[]", "must be a JSON object"),
        ('{"a": 1}', "must be a JSON object"),
        ('{"a": "{ a }", "a": "{ b }"}', "'a' stands there twice"),
        ({"a b": A}, "is no name of a document"),
        ({"": A}, "is no name of a document"),
        (apollo(version=2), 'must say "format"'),
        (apollo(format="other"), 'must say "format"'),
        (apollo({"id": "1a"}), "operations[0] needs the texts id and body"),
        (apollo({"id": "1a", "body": A}, 1), "operations[1] needs"),
        (apollo({"id": "1a", "body": A}, {"id": "1a", "body": B}), "'1a' stands there twice"),
        ({"1a": A, "2b": "query B { nope }"}, "document '2b' does not run here. Cannot query field 'nope' on type 'Query'."),
        ({"1a": "{"}, "document '1a' does not run here. Syntax error"),
        ({"1a": ""}, "document '1a' does not run here. Syntax error"),
        ({"1a": "{ a " + "b " * 2_000 + "}"}, "document '1a' does not run here. Over the limit tokens"),
    ],
)  # fmt: skip
def test_a_faulty_manifest_is_named_on_one_line(content: object, said: str, write: Write) -> None:
    path = write(content)
    with pytest.raises(ConfigurationError) as caught:
        trusted(path)
    assert str(caught.value).startswith(f"{path}: ") and said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        trusted(tmp_path / "nowhere.json")
    (tmp_path / "latin.json").write_bytes('{"a": "é"}'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        trusted(tmp_path / "latin.json")


@pytest.mark.parametrize(
    "asked",
    [
        asking(document_id="1a"),
        asking(document_id="sha256:1a"),
        asking(persistedQuery={"version": 1, "sha256Hash": "1a"}),
        asking(A, document_id="1a"),
    ],
)
def test_a_registered_document_runs_by_its_name(asked: Asked, write: Write) -> None:
    found = trusted(write({"1a": A}))
    assert found.document(asked).text == A
    assert found.document(asked) is found.document(asked), "read once, kept for good"


@pytest.mark.parametrize(
    "asked", [asking(), asking(A), asking(document_id="2b"), asking(B, document_id="2b"), asking("{ __typename }")]
)  # fmt: skip
def test_anything_else_does_not(asked: Asked, write: Write) -> None:
    with pytest.raises(PersistedQueryNotFound) as caught:
        trusted(write({"1a": A})).document(asked)
    # Not the message after which a client would send the document: that would be refused as well.
    assert str(caught.value) != "PersistedQueryNotFound"


def test_the_name_of_one_document_does_not_carry_another(write: Write) -> None:
    with pytest.raises(BadUserInput):
        trusted(write({"1a": A})).document(asking(B, document_id="1a"))
    with pytest.raises(BadUserInput):
        trusted(write({"1a": A})).document(asking(persistedQuery={"version": 3, "sha256Hash": "1a"}))
