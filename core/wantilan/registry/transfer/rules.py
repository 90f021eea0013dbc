"""Rules of a transfer: pure functions, and what may be wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ...errors import InvalidTransition, RuleViolated, Text
from ..codes import FamilyRelationship, MoveDistance
from ..life.timeline import State
from ..models import TransferState
from ..numbers import Finding

UNKNOWN_VILLAGE = Finding(
    "UNKNOWN_VILLAGE",
    Text("Desa ini tidak memakai sistem ini.", "This village does not use this deployment."),
)
SAME_VILLAGE = Finding(
    "SAME_VILLAGE",
    Text("Sudah terdaftar di desa itu.", "Is the village in whose register they are already."),
)
NOBODY = Finding("MISSING", Text("Sebut setidaknya satu orang.", "Name at least one person."))
NOT_ONE_HOUSEHOLD = Finding(
    "NOT_ONE_HOUSEHOLD",
    Text(
        "Tidak sekeluarga dengan yang pertama pada tanggal itu.",
        "Did not belong to the household of the first one on that day.",
    ),
)
WAITING = Finding(
    "ALREADY_PROPOSED",
    Text("Sudah diusulkan pindah; tarik dahulu usulan itu.", "Is proposed already; withdraw that first."),
)
KNOWN_ALREADY = Finding("NOT_FOR_THIS_KIND", Text("Diisi dari kedua desa.", "Follows from the two villages."))
NOT_NAMED = Finding("PERSON_MISSING", Text("Sebut setiap orang yang datang.", "Name everyone who comes."))
NOT_COMING = Finding(
    "UNKNOWN_PERSON", Text("Tidak termasuk usulan ini.", "Does not belong to this transfer.")
)
NOWHERE = Finding(
    "HOUSEHOLD_MISSING", Text("Hubungan tanpa keluarga.", "A relationship without a household.")
)

_OUTDATED = Text(
    "Data di desa asal sudah berubah; usulan ini harus ditolak dan diajukan kembali.",
    "The register of the old village has changed; refuse the transfer, and let it be proposed anew.",
)
_ENDED = Text("Usulan ini sudah selesai.", "This transfer has ended already.")
_DISTRICT, _REGENCY, _PROVINCE = len("51.02.06"), len("51.02"), len("51")


def distance(source: str, target: str) -> MoveDistance:
    """How far it is between two villages, by their dotted codes."""
    if source[:_DISTRICT] == target[:_DISTRICT]:
        return MoveDistance.LUAR_DESA
    if source[:_REGENCY] == target[:_REGENCY]:
        return MoveDistance.LUAR_KECAMATAN
    return (
        MoveDistance.LUAR_KABUPATEN
        if source[:_PROVINCE] == target[:_PROVINCE]
        else MoveDistance.LUAR_PROVINSI
    )


def apart(states: Sequence[State | None]) -> list[int]:
    """Which of several persons did not live in the household of the first one, by their place in the list.
    Who has no household goes alone.
    """
    first, *others = states
    home = first.household_id if first is not None else None
    return [
        index
        for index, state in enumerate(others, 1)
        if home is None or state is None or state.household_id != home
    ]


def written(remaining: Mapping[UUID, FamilyRelationship]) -> dict[str, Any]:
    """How a proposal keeps what those who stay will be."""
    return {key.hex: relationship.name for key, relationship in remaining.items()}


def read(remaining: Mapping[str, Any]) -> dict[UUID, FamilyRelationship]:
    """The inverse of `written`."""
    return {UUID(hex=key): FamilyRelationship[name] for key, name in remaining.items()}


def check_open(state: TransferState) -> None:
    """Raises InvalidTransition for a transfer that has ended."""
    if state is not TransferState.PROPOSED:
        raise InvalidTransition(_ENDED)


def outdated() -> RuleViolated:
    """What the new office is told when the old register has moved on: not what has happened there."""
    return RuleViolated("TRANSFER_OUTDATED", _OUTDATED)
