"""Orders a list by a column that no index serves; and would never start otherwise."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.orm import Mapped

from wantilan import (
    Connection,
    Deployment,
    Permission,
    Program,
    Text,
    Village,
    VillageTable,
    connection,
    door,
    entity,
    hookimpl,
    within,
)


class Night(VillageTable):
    """One night of the watch."""

    __tablename__ = "ronda_night"

    began_at: Mapped[datetime]


@entity(Night, read=[within("ronda.read")], order=[Night.began_at])
class RondaNight:
    """One night of the watch."""

    began_at: datetime
    """When it began."""


@door(Village)
class VillageRonda:
    """The night watch."""

    nights: Connection[RondaNight] | None = connection()
    """The nights."""


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="orders_without_index",
        door="ronda",
        prefix="ronda",
        title=Text("Uji", "Test"),
        summary=Text("Hanya untuk pengujian.", "For tests only."),
        version="1.0",
        api=">=0.1,<0.2",
        models=(Night,),
        types=(RondaNight, VillageRonda),
        permissions=(Permission("ronda.read", Text("Melihat", "See")),),
    )


@hookimpl
@asynccontextmanager
async def lifespan(deployment: Deployment) -> AsyncIterator[None]:
    raise RuntimeError("the hooks of a program that was left out are never called")
    yield
