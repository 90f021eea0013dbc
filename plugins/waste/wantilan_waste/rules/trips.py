"""What leaves a facility without being sold: pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from wantilan import RuleViolated, Text

from ..models import WasteRecipient, WasteStockReason, WasteStream, WasteTripKind

REASONS = {
    WasteTripKind.RESIDUE: WasteStockReason.RESIDUE,
    WasteTripKind.B3_HANDOVER: WasteStockReason.HANDOVER,
    WasteTripKind.GIVEN: WasteStockReason.HANDOVER,
}
REQUIRED = Text("Wajib diisi untuk pengangkutan ini.", "Required for such a trip.")
NOT_FOR_KIND = Text("Tidak berlaku untuk pengangkutan ini.", "Does not belong to such a trip.")
ONLY_HANDED_OVER = Text(
    "B3 hanya diserahkan kepada pihak berizin atau kabupaten.",
    "Hazardous waste is only handed over to who has a licence, or to the regency.",
)
ONLY_B3 = Text("Hanya B3 yang diserahkan begini.", "Only hazardous waste is handed over so.")

Fault = tuple[str, str, Text]
"""A field of the input by its Python name, a code, and what it says."""


def trip_faults(
    kind: WasteTripKind,
    vehicle: str | None,
    ticket_no: str | None,
    recipient: WasteRecipient | None,
    licence_no: str | None,
) -> Iterator[Fault]:
    """A trip to the landfill has a vehicle and a ticket; hazardous waste goes to somebody who may take it."""
    if kind is WasteTripKind.RESIDUE:
        if vehicle is None:
            yield "vehicle", "REQUIRED", REQUIRED
        if ticket_no is None:
            yield "ticket_no", "REQUIRED", REQUIRED
    if kind is WasteTripKind.B3_HANDOVER:
        if recipient is None:
            yield "recipient", "REQUIRED", REQUIRED
        elif recipient is WasteRecipient.LICENSED and licence_no is None:
            yield "licence_no", "REQUIRED", REQUIRED
    else:
        for name, given in (("recipient", recipient), ("licence_no", licence_no)):
            if given is not None:
                yield name, "NOT_FOR_KIND", NOT_FOR_KIND


def check_load(kind: WasteTripKind, stream: WasteStream) -> None:
    """Raises RuleViolated: hazardous waste leaves by a handover, and nothing else does."""
    if stream is WasteStream.B3 and kind is not WasteTripKind.B3_HANDOVER:
        raise RuleViolated("waste.b3", ONLY_HANDED_OVER)
    if stream is not WasteStream.B3 and kind is WasteTripKind.B3_HANDOVER:
        raise RuleViolated("waste.b3", ONLY_B3)
