"""Places on the map: two columns shown as one GeoJSON Point (RFC 7946, longitude first, six decimals)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import strawberry

from .scalars import GeoJSONPoint
from .sources import SOURCE, Attribute


@dataclass(frozen=True, eq=False)
class Point:
    longitude: Attribute
    latitude: Attribute


def point(longitude: Attribute, latitude: Attribute, *, description: str | None = None) -> GeoJSONPoint:
    """A Point from a column of longitudes and one of latitudes; null when one of them is."""
    field = strawberry.field(metadata={SOURCE: Point(longitude, latitude)}, description=description)
    return cast(GeoJSONPoint, field)
