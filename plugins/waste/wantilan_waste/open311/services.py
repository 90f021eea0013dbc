"""The services of the standard are our kinds of complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wantilan import Text

from ..models import WasteComplaintKind
from .formats import Value

Language = Literal["id", "en"]
GROUP = Text("Sampah", "Waste")
SERVICES: Mapping[WasteComplaintKind, tuple[Text, Text]] = {
    WasteComplaintKind.MISSED_PICKUP: (
        Text("Sampah tidak diangkut", "Missed pickup"),
        Text("Sampah tidak diangkut pada harinya.", "Waste was not fetched on its day."),
    ),
    WasteComplaintKind.WILD_DUMP: (
        Text("Pembuangan liar", "Illegal dumping"),
        Text("Sampah dibuang bukan pada tempatnya.", "Waste was dumped where it must not be."),
    ),
    WasteComplaintKind.BURNING: (
        Text("Pembakaran sampah", "Burning of waste"),
        Text("Sampah dibakar.", "Waste is burnt."),
    ),
    WasteComplaintKind.OVERFLOW: (
        Text("Penuh atau meluap", "Overflowing"),
        Text("Wadah atau tempat sampah meluap.", "A container or a place overflows."),
    ),
    WasteComplaintKind.ODOUR_LEACHATE: (
        Text("Bau atau air lindi", "Odour or leachate"),
        Text("Berbau, atau air lindi mengalir.", "It smells, or it leaks."),
    ),
    WasteComplaintKind.BILLING: (
        Text("Tagihan iuran", "Billing"),
        Text("Tagihan atau pembayaran iuran sampah.", "An invoice or a payment of the waste fee."),
    ),
    WasteComplaintKind.B3_FOUND: (
        Text("Limbah B3 ditemukan", "Hazardous waste found"),
        Text("Ditemukan limbah berbahaya dan beracun.", "Hazardous waste was found."),
    ),
    WasteComplaintKind.OTHER: (
        Text("Lainnya", "Other"),
        Text("Hal lain tentang sampah.", "Anything else about waste."),
    ),
}


def kind_of(code: str) -> WasteComplaintKind | None:
    """A service_code is the name of a kind."""
    return WasteComplaintKind.__members__.get(code)


def service_name(kind: WasteComplaintKind, language: Language) -> str:
    return SERVICES[kind][0].in_(language)


def service(kind: WasteComplaintKind, language: Language) -> Mapping[str, Value]:
    """One element of `services`. None needs attributes beyond the standard's own."""
    name, description = SERVICES[kind]
    return {
        "service_code": kind.name,
        "service_name": name.in_(language),
        "description": description.in_(language),
        "metadata": False,
        "type": "realtime",
        "keywords": kind.value,
        "group": GROUP.in_(language),
    }
