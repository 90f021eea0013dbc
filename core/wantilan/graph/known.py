"""What the host knows of a thing by its name, beside the row that holds the name: a job's description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import strawberry

from .sources import SOURCE, Attribute


@dataclass(frozen=True, eq=False)
class Known:
    """`value(thing, language)` of the thing in a listing of the host whose name the column holds."""

    listing: str
    by: Attribute
    value: Callable[[Any, str], str]


def known(
    listing: str, by: Attribute, value: Callable[[Any, str], str], *, description: str | None = None
) -> str | None:
    """A text that is in no table; null for a name that the host does not know (any more)."""
    field = strawberry.field(metadata={SOURCE: Known(listing, by, value)}, description=description)
    return cast("str | None", field)
