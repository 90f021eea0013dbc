"""Automatic persisted queries: what names a document, what is believed, and what is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from wantilan.errors import BadUserInput, PersistedQueryNotFound
from wantilan.graph import persisted
from wantilan.graph.http import Asked
from wantilan.graph.persisted import NOT_FOUND, Persisted, name_of, sha256

TEXT = "{ villages { totalCount } }"
HASH = sha256(TEXT)


def asking(query: str = "", *, document_id: str | None = None, **extensions: Any) -> Asked:
    return Asked(
        query=query, operation_name=None, variables={}, extensions=extensions, read_only=False, token=None,
        language="en", idempotency_key=None, request_id="r", client="c", document_id=document_id,
    )  # fmt: skip


def by_hash(query: str = "", hashed: object = HASH, version: object = 1) -> Asked:
    return asking(query, persistedQuery={"version": version, "sha256Hash": hashed})


def test_the_hash_is_that_of_the_text_in_utf_8() -> None:
    assert sha256("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_a_document_without_a_name_is_itself_and_is_not_remembered() -> None:
    store = Persisted()
    for asked in (asking(TEXT), asking(TEXT, other=1), asking(TEXT, persistedQuery=None)):
        assert store.text(asked) == TEXT
        store.learn(asked)
    assert len(store) == 0


def test_a_hash_is_enough_once_the_document_came_with_it() -> None:
    store = Persisted()
    for asked in (by_hash(), asking(document_id=f"sha256:{HASH}")):
        with pytest.raises(PersistedQueryNotFound) as caught:
            store.text(asked)
        # Clients look for this very message.
        assert caught.value.text.en == caught.value.text.id == "PersistedQueryNotFound" == NOT_FOUND
    whole = by_hash(TEXT)
    assert store.text(whole) == TEXT
    store.learn(whole)
    for asked in (by_hash(), asking(document_id=f"sha256:{HASH}"), asking(document_id=HASH)):
        assert store.text(asked) == TEXT


def test_a_hash_of_another_text_is_refused() -> None:
    with pytest.raises(BadUserInput):
        Persisted().text(by_hash("{ me { actor } }"))
    with pytest.raises(BadUserInput):
        Persisted().text(asking("{ me { actor } }", document_id=f"sha256:{HASH}"))


@pytest.mark.parametrize(
    "sent",
    [
        1, "x", [], {}, {"version": 1}, {"sha256Hash": HASH}, {"version": 2, "sha256Hash": HASH},
        {"version": "1", "sha256Hash": HASH}, {"version": True, "sha256Hash": HASH}, {"version": 1, "sha256Hash": ""},
        {"version": 1, "sha256Hash": None}, {"version": 1, "sha256Hash": HASH[1:]}, {"version": 1, "sha256Hash": HASH + "0"},
        {"version": 1, "sha256Hash": HASH.upper()}, {"version": 1, "sha256Hash": "ü" * 64}, {"version": 1, "sha256Hash": HASH + "\n"},
    ],
)  # fmt: skip
def test_a_malformed_name_is_refused_with_or_without_the_document(sent: object) -> None:
    for query in ("", TEXT):
        with pytest.raises(BadUserInput) as caught:
            Persisted().text(asking(query, persistedQuery=sent))
        assert HASH not in str(caught.value)


def test_two_names_must_be_the_same() -> None:
    same = asking(document_id=f"sha256:{HASH}", persistedQuery={"version": 1, "sha256Hash": HASH})
    assert name_of(same) == HASH
    with pytest.raises(BadUserInput):
        name_of(asking(document_id="sha256:" + "0" * 64, persistedQuery={"version": 1, "sha256Hash": HASH}))


def test_a_name_of_the_clients_own_making_is_known_only_to_a_manifest() -> None:
    store = Persisted()
    assert store.text(asking(TEXT, document_id="page-1")) == TEXT
    store.learn(asking(TEXT, document_id="page-1"))
    with pytest.raises(PersistedQueryNotFound):
        store.text(asking(document_id="page-1"))
    assert len(store) == 0


def test_what_is_remembered_is_bounded_in_number_and_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Persisted()
    for i in range(persisted.SIZE * 2):
        text = f"{{ a{i} }}"
        store.learn(by_hash(text, sha256(text)))
    assert persisted.SIZE / 2 <= len(store) <= persisted.SIZE
    store = Persisted()
    for i in range(100):
        text = f"{{ a{i} }}" + " " * 20_000
        store.learn(by_hash(text, sha256(text)))
    assert 0 < len(store) * 20_000 <= persisted.CHARACTERS
