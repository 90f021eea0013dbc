"""The rules as tables, written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wantilan_cctv_registry import rules
from wantilan_cctv_registry.models import CctvCameraKind, CctvCameraState, CctvSetting
from wantilan_cctv_registry.places import Place

K, S = CctvCameraKind, CctvCameraState
SIGN = {"sign_text": "Awas", "contact": "Kantor", "sign_checked_on": date(2026, 1, 1)}


def codes(faults: Iterable[rules.Fault]) -> dict[str, str]:
    return {field: code for field, code, _ in faults}


@pytest.mark.parametrize(
    ("kind", "bearing", "found"),
    [
        (K.FIXED, 0, {}),
        (K.FIXED, 359, {}),
        (K.ANPR, 90, {}),
        (K.DOME, None, {}),
        (K.PTZ, None, {}),
        (K.FIXED, None, {"bearing_deg": "REQUIRED"}),
        (K.ANPR, None, {"bearing_deg": "REQUIRED"}),
        (K.FIXED, -1, {"bearing_deg": "OUT_OF_RANGE"}),
        (K.FIXED, 360, {"bearing_deg": "OUT_OF_RANGE"}),
        (K.DOME, 0, {"bearing_deg": "NO_DIRECTION"}),
        (K.PTZ, 400, {"bearing_deg": "NO_DIRECTION"}),
    ],
)
def test_a_direction_belongs_to_what_looks_in_one(
    kind: CctvCameraKind, bearing: int | None, found: dict[str, str]
) -> None:
    assert codes(rules.direction_faults(kind, bearing)) == found


@pytest.mark.parametrize(
    ("state", "is_a_start"),
    [
        (S.PROPOSED, True),
        (S.APPROVED, False),
        (S.ACTIVE, True),
        (S.FAULT, True),
        (S.SUSPENDED, True),
        (S.RETIRED, False),
    ],
)
def test_a_camera_comes_in_as_a_wish_or_standing(state: CctvCameraState, is_a_start: bool) -> None:
    assert codes(rules.state_faults(state)) == ({} if is_a_start else {"state": "NOT_A_START"})


@pytest.mark.parametrize(
    ("state", "published", "needs_sign"),
    [
        (S.PROPOSED, False, False),
        (S.APPROVED, False, False),
        (S.ACTIVE, False, True),
        (S.FAULT, False, True),
        (S.SUSPENDED, False, False),
        (S.SUSPENDED, True, True),
        (S.RETIRED, False, False),
    ],
)
@pytest.mark.parametrize("missing", sorted(SIGN))
def test_what_works_or_is_published_has_its_whole_sign(
    state: CctvCameraState, published: bool, needs_sign: bool, missing: str
) -> None:
    found = codes(rules.sign_faults(state, published, {**SIGN, missing: None}))
    assert found == ({missing: "SIGN_REQUIRED"} if needs_sign else {})
    assert codes(rules.sign_faults(state, published, SIGN)) == {}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("setting", CctvSetting)
def test_indoor_is_never_public_and_only_what_stands_is(setting: CctvSetting, state: CctvCameraState) -> None:
    found = codes(rules.publishing_faults(setting, state, True))
    if setting is CctvSetting.INDOOR:
        assert found == {"published": "INDOOR_NEVER_PUBLIC"}
    elif state in (S.ACTIVE, S.FAULT, S.SUSPENDED):
        assert found == {}
    else:
        assert found == {"published": "NOT_STANDING"}
    assert codes(rules.publishing_faults(setting, state, False)) == {}


@pytest.mark.parametrize("kind", K)
def test_only_anpr_needs_a_legal_basis(kind: CctvCameraKind) -> None:
    needed = {"legal_basis": "REQUIRED"} if kind is K.ANPR else {}
    assert codes(rules.legal_faults(kind, None)) == needed
    assert codes(rules.legal_faults(kind, "Perdes")) == {}


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        (Place(115.09, -8.56), True),
        (Place(95.3, 5.9), True),
        (Place(141.0, -9.1), True),
        (Place(0.0, 0.0), False),
        (Place(11.509, -8.56), False),
        (Place(115.09, 8.56), False),
    ],
)
def test_a_place_lies_in_the_country(place: Place, inside: bool) -> None:
    assert codes(rules.place_faults(place)) == ({} if inside else {"place": "OUTSIDE_COUNTRY"})


def test_a_sign_is_not_checked_tomorrow() -> None:
    today = date(2026, 3, 1)
    assert codes(rules.checked_faults(today, today)) == {}
    assert codes(rules.checked_faults(date(2026, 3, 2), today)) == {"sign_checked_on": "IN_FUTURE"}


@pytest.mark.parametrize("field", sorted(rules.LONGEST))
def test_texts_have_an_end_and_can_be_printed(field: str) -> None:
    longest = rules.LONGEST[field]
    missing = {field: "REQUIRED"} if field in ("code", "name", "operator") else {}
    assert codes(rules.text_faults({field: "x" * longest})) == {}
    assert codes(rules.text_faults({field: "x" * (longest + 1)})) == {field: "TOO_LONG"}
    assert codes(rules.text_faults({field: "x\x00y"})) == {field: "UNPRINTABLE"}
    assert codes(rules.text_faults({field: "x\ud800y"})) == {field: "UNPRINTABLE"}
    assert codes(rules.text_faults({field: None})) == missing


@given(st.text())
def test_a_cleaned_text_is_clean(text: str) -> None:
    once = rules.cleaned(text)
    assert once == rules.cleaned(once)
    assert once is None or (once and once == once.strip() and "  " not in once and "\n" not in once)
