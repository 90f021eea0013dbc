"""What can be permitted, and the roles that bundle it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import DeclarationError, Text


class PlaceKind(enum.Enum):
    """Where a role can be held."""

    REGION = "region"
    """A region code at any level: the country, a province, down to one village."""
    HAMLET = "hamlet"
    """One hamlet (banjar) of a village."""
    RESIDENT = "resident"
    """One resident: the person himself and his household."""


@dataclass(frozen=True)
class Permission:
    """One thing that may be permitted; a program's permissions begin with its prefix:
    `waste.intake.record`.
    """

    name: str
    title: Text


@dataclass(frozen=True)
class Role:
    """A named bundle of permissions, and at which kinds of place it can be held."""

    name: str
    title: Text
    permissions: frozenset[str]
    places: frozenset[PlaceKind]


class Catalogue:
    """All permissions and roles of one application: core's and those of its programs."""

    def __init__(self, permissions: Iterable[Permission], roles: Iterable[Role]) -> None:
        self.permissions = {p.name: p for p in permissions}
        self.roles: dict[str, Role] = {}
        for role in roles:
            self.add(role)

    def add(self, role: Role) -> None:
        """A program may add permissions to a role of core by naming it again: what they hold is joined."""
        known = self.roles.get(role.name)
        if known is not None:
            role = Role(known.name, known.title, known.permissions | role.permissions, known.places)
        for name in sorted(role.permissions - self.permissions.keys()):
            raise DeclarationError(
                f"role {role.name!r} holds the unknown permission {name!r}. Declare Permission({name!r}, …)."
            )
        self.roles[role.name] = role

    def held_by(self, role: str) -> frozenset[str]:
        """The permissions of a role; none for a role whose program is no longer installed."""
        found = self.roles.get(role)
        return found.permissions if found else frozenset()
