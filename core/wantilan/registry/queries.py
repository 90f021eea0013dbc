"""Root fields of the core."""

from __future__ import annotations

from typing import Annotated

import strawberry

from ..errors import Language
from ..graph.context import Info
from ..graph.declare import (
    by_id,
    by_ids,
    connection,
    constant,
    follow,
    listed,
    listing,
    lookup,
    refer,
    root,
    subscription,
)
from ..graph.relay import Connection, Node
from ..graph.scalars import RegionCode
from ..graph.selection import good
from . import models
from .codes import code_lists
from .message_types import Message
from .task_types import VillageTask
from .types import ProgramSetup, Region, Resident, Village


@strawberry.type(description="A role held at a place.")
class HeldRole:
    role: str = strawberry.field(description="The role's name.")
    place_kind: str = strawberry.field(description="REGION, HAMLET or RESIDENT.")
    place_code: str = strawberry.field(
        description="The region's code, empty for the country; for a hamlet or resident the village's."
    )


@strawberry.type(description="Who asks.")
class Me:
    actor: str = strawberry.field(description="The label of the actor; `visitor` without a token.")

    @strawberry.field(description="The roles held, each with its place.")  # type: ignore[untyped-decorator]
    def roles(self, info: Info) -> list[HeldRole]:
        return [
            HeldRole(role=h.role, place_kind=h.kind.name, place_code=h.code) for h in info.context.actor.held
        ]

    @strawberry.field(description="The places at which a role is held: region codes, empty for the country.")  # type: ignore[untyped-decorator]
    def places(self, info: Info) -> list[str]:
        return sorted({h.code for h in info.context.actor.held})

    @strawberry.field(description="The resident who asks; null for those who are none.")  # type: ignore[untyped-decorator]
    def resident(self, info: Info) -> Resident | None:
        home = info.context.actor.home
        return refer(Resident, home.village_id, home.object_id) if home is not None else None

    @strawberry.field(description="What may be done in a village, in the whole of it or in a part.")  # type: ignore[untyped-decorator]
    def permissions(
        self,
        info: Info,
        village_code: Annotated[RegionCode, strawberry.argument(description="The code of the village.")],
    ) -> list[str]:
        code = good(village_code, "me", "permissions", "villageCode")
        return list(info.context.actor.permissions_in(str(code)))


@listing
class InstalledProgram:
    """A program of this deployment."""

    name: str = constant(lambda program, language: program.name)
    """The program's name."""
    title: str = constant(lambda program, language: program.title.in_(language))
    """What people call it, in the language of the request."""
    summary: str = constant(lambda program, language: program.summary.in_(language))
    """What it does for a village."""
    version: str = constant(lambda program, language: program.version)
    """The installed version."""
    depends_on: list[str] = constant(lambda program, language: list(program.depends_on))
    """The programs without which it cannot be enabled."""


@strawberry.type(description="One value of an enumeration, for people.")
class EnumLabel:
    value: str = strawberry.field(description="The value as the API writes it.")
    code: int | None = strawberry.field(description="The official integer of Dukcapil and OpenSID.")
    label: str = strawberry.field(description="What people read.")


@strawberry.type(description="An enumeration with the labels of its values.")
class EnumLabels:
    name: str = strawberry.field(description="The enumeration's name in the schema.")
    values: list[EnumLabel] = strawberry.field(description="Its values in the official order.")


@root
class CoreQueries:
    """What can be asked of villages and residents."""

    village: Village | None = lookup(models.Village.code, argument="code", type=RegionCode)
    """The village of this code; null when it does not use this deployment."""
    villages: Connection[Village] = connection(search=models.Village.name_key)
    """The villages of this deployment."""
    region: Region | None = lookup(models.Region.code, argument="code", type=RegionCode)
    """The region of this code."""
    regions: Connection[Region] = connection(search=models.Region.name_key)
    """Regions, by part of their name; read `parent` with each, since names repeat."""
    resident: Resident | None = by_id()
    """The resident of this id; null when there is none, or not for you."""
    node: Node | None = by_id()
    """Anything by its id; null when there is none, or not for you."""
    nodes: list[Node | None] = by_ids()
    """Anything by its ids, in their order; null where there is none, or not for you."""
    programs: list[InstalledProgram] = listed("programs")
    """The programs installed in this deployment."""
    program_setups: Connection[ProgramSetup] = connection()
    """How villages have set up programs, as far as they published that; one program's with `filter`."""

    @strawberry.field(description="Who asks: actor, roles, places, permissions.")  # type: ignore[untyped-decorator]
    def me(self, info: Info) -> Me:
        return Me(actor=info.context.actor.name)

    @strawberry.field(description="Labels for the values of enumerations; `language` is id or en.")  # type: ignore[untyped-decorator]
    def enum_labels(
        self,
        info: Info,
        names: Annotated[list[str], strawberry.argument(description="The enumerations, by name.")],
        language: Annotated[
            str | None, strawberry.argument(description="`id` or `en`; default: the language of the request.")
        ] = None,
    ) -> list[EnumLabels]:
        chosen: Language = "en" if (language or info.context.language) == "en" else "id"
        found = [(name, code_lists()[name]) for name in names if name in code_lists()]
        return [
            EnumLabels(
                name=name,
                values=[EnumLabel(value=m.name, code=m.code, label=m.label.in_(chosen)) for m in words],
            )
            for name, words in found
        ]


@subscription
class CoreSubscriptions:
    """What can be followed in a village."""

    programs_changed: Village = follow(
        "village_enabled", "village_disabled", "program_configured",
        "setup_published", "setup_withdrawn", "setup_imported",
    )  # fmt: skip
    """The village, each time that a program is switched on or off in it, or set anew, or that its set-up is
    published, withdrawn or taken over.
    """
    messages: Message = follow("message_sent", subject="message")
    """What the resident who asks is told in this village, once it is written."""
    task_progressed: VillageTask = follow("task_started", "task_progressed", subject="task")
    """A task of this village, once it waits, comes further, or has ended."""


TYPES = (InstalledProgram, CoreQueries, CoreSubscriptions)
