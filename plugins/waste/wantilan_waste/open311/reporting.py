"""A report by the standard's form becomes a complaint, by the same rules as one by the mutation."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from wantilan import BadUserInput, FieldFault, NotFound, Text, WriteUnit, tables

from ..complaints import Report, open_complaint
from ..models import Complaint
from ..rules.complaints import report_faults
from .services import Language, kind_of, service_name

FIELDS = {"text": "description", "address": "address_string", "place": "lat"}
"""Names of our rules and of the standard."""

_NEEDED = Text("Wajib diisi.", "It is needed.")
_DEGREES = Text("lat -90 sampai 90 dan long -180 sampai 180.", "lat from -90 to 90, long from -180 to 180.")


async def report(unit: WriteUnit, form: Mapping[str, str], language: Language) -> Complaint:
    """Who reports is whom the token belongs to: what the form says of people is not kept.

    Raises BadUserInput with all faults, NotFound for an unknown service_code.
    """
    given = {name: value.strip() for name, value in form.items() if value.strip()}
    if "service_code" not in given:
        raise BadUserInput(fields=[FieldFault(("service_code",), "NEEDED", _NEEDED)])
    kind = kind_of(given["service_code"])
    if kind is None:
        raise NotFound
    faults: list[FieldFault] = []
    place = _place(given, faults)
    text, address = given.get("description", service_name(kind, language)), given.get("address_string")
    for name, code, said in report_faults(kind, text, address, place is not None, 0):
        if not (name == "place" and faults):
            faults.append(FieldFault((FIELDS[name],), code, said))
    if faults:
        raise BadUserInput(fields=faults)
    longitude, latitude = place or (None, None)
    resident = await unit.get(tables.Resident, unit.resident_id) if unit.resident_id is not None else None
    return await open_complaint(
        unit,
        Report(
            kind=kind, text=text, address=address, longitude=longitude, latitude=latitude, resident=resident
        ),
    )


def _place(given: Mapping[str, str], faults: list[FieldFault]) -> tuple[float, float] | None:
    """Longitude and latitude; both are sent or none."""
    if "lat" not in given and "long" not in given:
        return None
    try:
        latitude, longitude = float(given.get("lat", "nan")), float(given.get("long", "nan"))
    except ValueError:
        latitude = longitude = float("nan")
    if isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180:
        return longitude, latitude
    faults.append(FieldFault(("lat",), "OUT_OF_RANGE", _DEGREES))
    return None
