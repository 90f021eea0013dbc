"""Keys, tokens: what is sealed stays sealed, what is equal is found, and nothing shows a secret."""

from __future__ import annotations

import base64
import copy
import dataclasses
import hashlib
import json
import pickle
import re
import traceback
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan.errors import ConfigurationError
from wantilan.store.secrets import Keys, new_token, token_hash

NUMBER = "5171000101900001"
OWNER = UUID(int=1)
NEIGHBOUR = UUID(int=2)
ONE, TWO, THREE = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2, 3))
KEYS = Keys.parse(Keys.generate())


def a_text(**changes: object) -> str:
    return json.dumps({"current": "k1", "seal": {"k1": ONE}, "hash": THREE} | changes)


def shows(text: str, secret: str) -> bool:
    """Whether a text holds the secret: as it is, or as the repr of its bytes, or in hexadecimal."""
    material = base64.b64decode(secret)
    return any(form in text for form in (secret, repr(material)[2:-1], material.hex()))


@given(plain=st.text(st.characters(exclude_categories=())), purpose=st.text(), owner=st.uuids())
def test_what_is_sealed_opens_for_the_same_purpose_and_owner(plain: str, purpose: str, owner: UUID) -> None:
    sealed = KEYS.seal(plain, purpose=purpose, owner=owner)

    assert KEYS.open(sealed, purpose=purpose, owner=owner) == plain


def test_a_sealed_number_begins_with_the_id_of_its_key_and_shows_nothing_else() -> None:
    sealed = KEYS.seal(NUMBER, purpose="nik", owner=OWNER)

    assert sealed.startswith(b"k1:")
    assert len(sealed) == len("k1:") + 12 + len(NUMBER) + 16
    assert NUMBER.encode() not in sealed
    assert NUMBER.encode() in b"k1:" + NUMBER.encode()  # the control: the same scan finds it in the open


def test_sealing_twice_gives_two_values() -> None:
    assert len({KEYS.seal(NUMBER, purpose="nik", owner=OWNER) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("purpose", "owner"), [("kk", OWNER), ("nik", NEIGHBOUR), ("", OWNER), ("nik\0", OWNER)]
)
def test_another_purpose_or_owner_cannot_open(purpose: str, owner: UUID) -> None:
    sealed = KEYS.seal(NUMBER, purpose="nik", owner=OWNER)

    with pytest.raises(ConfigurationError, match="cannot be opened") as refused:
        KEYS.open(sealed, purpose=purpose, owner=owner)

    assert NUMBER not in "".join(traceback.format_exception(refused.value))
    assert KEYS.open(sealed, purpose="nik", owner=OWNER) == NUMBER


def test_another_deployments_keys_cannot_open() -> None:
    sealed = KEYS.seal(NUMBER, purpose="nik", owner=OWNER)

    with pytest.raises(ConfigurationError, match="cannot be opened"):
        Keys.parse(Keys.generate()).open(sealed, purpose="nik", owner=OWNER)


@given(st.data())
def test_a_changed_byte_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal(NUMBER, purpose="nik", owner=OWNER))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(ConfigurationError, match="cannot be opened"):
        KEYS.open(bytes(sealed), purpose="nik", owner=OWNER)


@given(st.binary() | st.binary().map(lambda rest: b"k1:" + rest))
def test_bytes_that_were_never_sealed_are_refused(junk: bytes) -> None:
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        KEYS.open(junk, purpose="nik", owner=OWNER)


def test_a_key_id_cannot_be_exchanged_even_for_the_same_material() -> None:
    before = Keys.parse(a_text())
    renamed = Keys.parse(a_text(current="k9", seal={"k9": ONE}))
    sealed = before.seal(NUMBER, purpose="nik", owner=OWNER)

    with pytest.raises(ConfigurationError, match="cannot be opened"):
        renamed.open(sealed.replace(b"k1:", b"k9:", 1), purpose="nik", owner=OWNER)

    assert before.open(sealed, purpose="nik", owner=OWNER) == NUMBER


def test_after_a_change_of_key_the_old_one_opens_and_the_new_one_seals() -> None:
    before = Keys.parse(a_text())
    after = Keys.parse(a_text(current="k2", seal={"k1": ONE, "k2": TWO}))
    old = before.seal(NUMBER, purpose="nik", owner=OWNER)

    assert after.open(old, purpose="nik", owner=OWNER) == NUMBER
    assert after.seal(NUMBER, purpose="nik", owner=OWNER).startswith(b"k2:")


def test_a_key_that_was_taken_away_is_named() -> None:
    sealed = Keys.parse(a_text()).seal(NUMBER, purpose="nik", owner=OWNER)
    after = Keys.parse(a_text(current="k2", seal={"k2": TWO}))

    with pytest.raises(ConfigurationError, match=r'its key "k1" is missing.*WANTILAN_KEYS'):
        after.open(sealed, purpose="nik", owner=OWNER)


@given(number=st.text(), purpose=st.text(), village=st.uuids())
def test_equal_numbers_of_one_village_have_equal_fingerprints(
    number: str, purpose: str, village: UUID
) -> None:
    first = KEYS.fingerprint(number, purpose=purpose, village=village)

    assert len(first) == 32
    assert first == KEYS.fingerprint(number, purpose=purpose, village=village)


def test_the_same_number_elsewhere_has_another_fingerprint() -> None:
    here = KEYS.fingerprint(NUMBER, purpose="nik", village=OWNER)

    assert here != KEYS.fingerprint(NUMBER, purpose="nik", village=NEIGHBOUR)
    assert here != KEYS.fingerprint(NUMBER, purpose="kk", village=OWNER)
    assert here != KEYS.fingerprint(NUMBER[:-1] + "2", purpose="nik", village=OWNER)
    assert here != Keys.parse(Keys.generate()).fingerprint(NUMBER, purpose="nik", village=OWNER)
    assert here == KEYS.fingerprint(NUMBER, purpose="nik", village=OWNER)


@given(st.text(), st.text(), st.text(), st.text())
def test_purpose_and_number_do_not_run_into_each_other(one: str, two: str, three: str, four: str) -> None:
    first = KEYS.fingerprint(two, purpose=one, village=OWNER)
    second = KEYS.fingerprint(four, purpose=three, village=OWNER)

    assert (first == second) == ((one, two) == (three, four))


def test_a_letter_moved_from_number_to_purpose_gives_another_fingerprint() -> None:
    assert KEYS.fingerprint("bc", purpose="a", village=OWNER) != KEYS.fingerprint(
        "c", purpose="ab", village=OWNER
    )


def test_the_fingerprint_key_outlives_a_change_of_the_sealing_key() -> None:
    before = Keys.parse(a_text())
    after = Keys.parse(a_text(current="k2", seal={"k1": ONE, "k2": TWO}))

    assert before.fingerprint(NUMBER, purpose="nik", village=OWNER) == after.fingerprint(
        NUMBER, purpose="nik", village=OWNER
    )


def test_a_fingerprint_is_not_a_plain_hash_of_the_number() -> None:
    fingerprint = KEYS.fingerprint(NUMBER, purpose="nik", village=OWNER)

    assert fingerprint != hashlib.sha256(NUMBER.encode()).digest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "[" * 100_000,
        '{"current":"k1"}',
        a_text(more=1),
        a_text(current="k2"),
        a_text(current=None),
        a_text(seal={}),
        a_text(seal=[ONE]),
        a_text(seal={"k 1": ONE}),
        a_text(seal={"k1:": ONE}, current="k1:"),
        a_text(seal={"k1": TWO[:-5]}),
        a_text(seal={"k1": TWO + "\n"}),
        a_text(seal={"k1": 7}),
        a_text(seal={"k1": "é"}),
        a_text(hash=base64.b64encode(bytes(16)).decode()),
        a_text(hash=ONE),
        a_text(seal={"k1": ONE, "k2": ONE}),
        a_text(hash=None),
        a_text()[:-1] + ',"current":"k1"}',
        a_text().replace('"seal": {', '"seal": {"k1": "' + TWO + '", '),
    ],
)
def test_keys_that_are_wrong_are_refused_in_one_line_without_them(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Keys.parse(text)

    message = str(refused.value)
    assert message.startswith("The keys in WANTILAN_KEYS are not valid: ")
    assert "\n" not in message
    assert not any(shows(message, secret) for secret in (ONE, TWO, THREE))
    assert refused.value.__context__ is None  # the JSON parser's error would carry the whole text


def test_keys_that_are_right_are_read() -> None:
    assert Keys.parse(a_text()).current == "k1"


def test_generated_keys_are_fresh_and_on_one_line() -> None:
    made = [Keys.generate() for _ in range(20)]

    assert len(set(made)) == 20
    assert all("\n" not in text and Keys.parse(text).current == "k1" for text in made)


def test_nothing_that_prints_keys_shows_their_material() -> None:
    keys = Keys.parse(a_text(seal={"k1": ONE, "k2": TWO}))
    printed = "\n".join(
        [
            str(keys),
            repr(keys),
            f"{keys}",
            repr({"keys": keys}),
            *(repr(getattr(keys, field.name)) for field in dataclasses.fields(keys)),
        ]
    )

    assert repr(keys) == "<Keys current=k1 seal=k1,k2>"
    assert not any(shows(printed, secret) for secret in (ONE, TWO, THREE))
    for planted in (ONE, repr({"key": base64.b64decode(ONE)}), base64.b64decode(ONE).hex()):
        assert shows(printed + planted, ONE)


def test_keys_cannot_be_changed_pickled_or_copied_out() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        KEYS.current = "k2"  # type: ignore[misc]
    with pytest.raises(TypeError):
        KEYS._ciphers["k2"] = KEYS._ciphers["k1"]  # type: ignore[index]
    with pytest.raises(TypeError):
        pickle.dumps(KEYS)
    with pytest.raises(TypeError):
        copy.deepcopy(KEYS)


def test_tokens_are_long_different_and_recognisable() -> None:
    made = {new_token() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"wtl_[A-Za-z0-9_-]{43}", token) for token in made)


def test_a_token_is_stored_as_its_sha256() -> None:
    token = new_token()

    assert token_hash(token) == hashlib.sha256(token.encode()).digest()
    assert token_hash(token) != token_hash(new_token())


def test_a_token_with_broken_characters_has_a_hash_too() -> None:
    assert len(token_hash("wtl_\ud800")) == 32
