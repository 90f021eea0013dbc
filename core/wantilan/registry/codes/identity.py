"""Code lists of a person's official card: which card there is, and how far its making has come."""

from __future__ import annotations

from wantilan.registry.codes.base import CodeList


class IdentityCard(CodeList):
    """List `ktp_el` of the resident sheet: which official card a person holds. KIA is that of children.

    Source: OpenSID issue 10664, where 3 is what the export gives for a child's card.
    """

    BELUM = 1, "Belum", "None yet"
    KTP_EL = 2, "KTP-el", "Electronic identity card"
    KIA = 3, "KIA", "Child identity card"


class IdentityCardProgress(CodeList):
    """List `status_rekam` of the resident sheet: how far the electronic identity card has come.

    The integers are those of the sheet (OpenSID issue 710); a card is made in another order:
    PRINT_READY_RECORD and SENT_FOR_CARD_PRINTING come before CARD_PRINTED.
    """

    BELUM_WAJIB = 1, "Belum wajib", "Not required yet"
    BELUM_REKAM = 2, "Belum rekam", "Not recorded yet"
    SUDAH_REKAM = 3, "Sudah rekam", "Recorded"
    CARD_PRINTED = 4, "Card printed", "Card printed"
    PRINT_READY_RECORD = 5, "Print ready record", "Ready to be printed"
    CARD_SHIPPED = 6, "Card shipped", "Card shipped"
    SENT_FOR_CARD_PRINTING = 7, "Sent for card printing", "Sent for printing"
    CARD_ISSUED = 8, "Card issued", "Card issued"
