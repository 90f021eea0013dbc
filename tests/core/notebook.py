"""A small program for tests: it writes down what it is told, has settings, and a role that registers blindly."""

from __future__ import annotations

import importlib.metadata
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wantilan import (
    Event,
    Happening,
    Permission,
    PlaceKind,
    Program,
    Role,
    Text,
    Unit,
    VillageFacts,
    hookimpl,
)
from wantilan.access.permissions import Catalogue
from wantilan.programs.host import Host
from wantilan.programs.loading import GROUP
from wantilan.settings import Settings
from wantilan.web.application import host_of

TITLE = Text("Buku catatan", "Notebook")


class Pages(BaseModel):
    """The settings of a notebook."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[int, Field(ge=1, le=100)] = 40
    title: str = ""


class Notebook:
    """One program of this name. `told` lists what its hook was called with; it raises while `broken`."""

    def __init__(self, name: str, *, depends_on: tuple[str, ...] = ()) -> None:
        self.name, self.depends_on = name, depends_on
        self.told: list[tuple[str, Happening]] = []
        self.broken = False

    @hookimpl
    def wantilan_program(self) -> Program:
        return Program(
            name=self.name,
            title=TITLE,
            summary=TITLE,
            version="1.0",
            api=">=0.1,<0.2",
            depends_on=self.depends_on,
            settings=Pages,
            permissions=(Permission(f"{self.name}.write", TITLE),),
            roles=(
                Role(f"{self.name}_writer", TITLE, frozenset({f"{self.name}.write"}), frozenset(PlaceKind)),
            ),
            events=(Event(f"{self.name}.noted", TITLE),),
        )

    @hookimpl
    async def resident_registered(self, village: VillageFacts, event: Happening, unit: Unit) -> None:
        self.told.append((village.code, event))
        unit.announce(f"{self.name}.noted", **event.subjects)
        await unit.flush()
        if self.broken:
            raise RuntimeError("this notebook is full")

    def residents(self) -> list[str]:
        """Whom it was told of, in order."""
        return [event.subjects["resident"] for _, event in self.told]


def host_with(*plugins: object, installed: tuple[str, ...] = ()) -> Host:
    """A host of core, these plugins, and of what is installed only the programs named."""
    found = importlib.metadata.entry_points(group=GROUP)
    return host_of(Settings(), entry_points=[one for one in found if one.name in installed], extra=plugins)


def blind_registrar(catalogue: Catalogue) -> str:
    """A role that may register residents but not read them; no role of core is like it."""
    role = Role("blind_registrar", TITLE, frozenset({"resident.register"}), frozenset({PlaceKind.REGION}))
    catalogue.add(role)
    return role.name
