"""Who asks: a small immutable value with permissions and places. No I/O."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from ..store.walls import IDS, MOST_IDS, WHOLE_COUNTRY
from .permissions import PlaceKind

CODE = re.compile(r"[0-9.]+", re.ASCII)
"""What may stand in the setting of the wall: anything else could bring a comma with it."""


@dataclass(frozen=True)
class Held:
    """One role held at one place.

    `code` is the region's code ("" for the country), or the village's for a hamlet or resident; then
    `village_id` and `object_id` name the village and the hamlet or resident.
    """

    role: str
    permissions: frozenset[str]
    kind: PlaceKind
    code: str
    village_id: UUID | None = None
    object_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """A visitor has no id and holds nothing.

    `villages` are the ids of all villages inside `walls`, where these are villages and no wider regions; None
    where they were not looked up. `known` has codes and ids of these, and of the villages of wider regions
    unless they are too many.
    """

    id: UUID | None = None
    name: str = "visitor"
    held: tuple[Held, ...] = ()
    token_id: UUID | None = None
    villages: tuple[UUID, ...] | None = None
    known: tuple[tuple[str, UUID], ...] = ()

    @cached_property
    def ranges(self) -> Mapping[str, tuple[str, ...]]:
        """Permission -> the region codes under which it is held, at a village or above."""
        found: dict[str, set[str]] = {}
        for held in self.held:
            if held.kind is PlaceKind.REGION:
                codes = [held.code] if held.code else WHOLE_COUNTRY.split(",")
                for permission in held.permissions:
                    found.setdefault(permission, set()).update(codes)
        return {permission: tuple(sorted(codes)) for permission, codes in found.items()}

    @cached_property
    def hamlets(self) -> Mapping[str, tuple[UUID, ...]]:
        """Permission -> the hamlets in which it is held."""
        found: dict[str, set[UUID]] = {}
        for held in self.held:
            if held.kind is PlaceKind.HAMLET and held.object_id:
                for permission in held.permissions:
                    found.setdefault(permission, set()).add(held.object_id)
        return {permission: tuple(sorted(ids)) for permission, ids in found.items()}

    @cached_property
    def home(self) -> Held | None:
        """The resident that this actor is, if any."""
        return next((h for h in self.held if h.kind is PlaceKind.RESIDENT), None)

    @cached_property
    def walls(self) -> tuple[str, ...]:
        """Region codes of every village into which this actor may look at all: both walls are made of it.

        None lies under another.
        """
        codes = {
            code for held in self.held for code in ([held.code] if held.code else WHOLE_COUNTRY.split(","))
        }
        return tuple(sorted(one for one in codes if not any(one[:i] in codes for i in range(1, len(one)))))

    @cached_property
    def wall(self) -> str:
        """`walls` as the setting of the second wall: as ids where these are known and few."""
        if self.villages and len(self.villages) <= MOST_IDS:
            return IDS + ",".join(map(str, self.villages))
        return ",".join(self.walls)

    @cached_property
    def throughout(self) -> frozenset[str]:
        """The permissions held wherever this actor may look at all: inside the wall nobody need ask."""
        return frozenset(name for name, codes in self.ranges.items() if codes == self.walls)

    @cached_property
    def everywhere(self) -> bool:
        """Whether a role at the whole country lets this actor look into every village."""
        return set(self.walls) >= set(WHOLE_COUNTRY.split(","))

    @cached_property
    def at_home(self) -> bool:
        """Whether the village where he lives is the only one into which this actor may look."""
        return self.home is not None and self.walls == (self.home.code,)

    def wall_within(self, codes: Sequence[str]) -> str:
        """The part of the wall that lies in these regions, for what looks at nothing else: never more of it.

        Row security then compares with the villages of these regions, and not with all of the actor's.
        """
        if self.wall.startswith(IDS) or not all(map(CODE.fullmatch, codes)):
            return self.wall
        inside = {
            code if code.startswith(held) else held
            for held in self.walls
            for code in codes
            if code.startswith(held) or held.startswith(code)
        }
        return ",".join(sorted(inside))

    @cached_property
    def shape(self) -> Hashable:
        """What of an actor a plan depends on: which permissions at which kind of place, never the places."""
        return (
            frozenset(self.ranges), self.throughout, frozenset(self.hamlets), self.home is not None,
            self.at_home, self.everywhere, self.villages is not None,
        )  # fmt: skip

    def may(self, permission: str, code: str) -> bool:
        """Whether the permission is held for the whole place of this code: a village or a region."""
        return any(code.startswith(held) for held in self.ranges.get(permission, ()))

    @cached_property
    def ids(self) -> Mapping[str, UUID]:
        """Of the villages that are known: code -> id."""
        return dict(self.known)

    def permissions_in(self, village_code: str) -> tuple[str, ...]:
        """All that is held in a village, in the whole of it or in a part."""
        inside = (h for h in self.held if village_code.startswith(h.code))
        return tuple(sorted({p for h in inside for p in h.permissions}))


VISITOR = Actor()
