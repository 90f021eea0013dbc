"""What happens to service points and fees: events for those who follow."""

from __future__ import annotations

from wantilan import Event, Text

FEE_EVENTS = (
    Event("waste.point_added", Text("Titik layanan ditambahkan.", "A service point was added.")),
    Event("waste.point_changed", Text("Titik layanan diubah.", "A service point was changed.")),
    Event("waste.survey_recorded", Text("Survei sumber dicatat.", "A survey of a source was recorded.")),
    Event("waste.fee_plan_added", Text("Tarif iuran ditambahkan.", "A plan of fees was added.")),
    Event("waste.fee_plan_ended", Text("Tarif iuran diakhiri.", "A plan of fees was ended.")),
    Event("waste.subscribed", Text("Titik layanan berlangganan.", "A service point came under a plan.")),
    Event("waste.subscription_changed", Text("Langganan diubah.", "A subscription was changed.")),
    Event("waste.invoices_issued", Text("Tagihan diterbitkan.", "Invoices were issued.")),
    Event("waste.invoice_waived", Text("Sisa tagihan dibebaskan.", "The rest of an invoice was forgiven.")),
    Event("waste.invoice_voided", Text("Tagihan dibatalkan.", "An invoice was made void.")),
    Event("waste.payment_recorded", Text("Pembayaran dicatat.", "A payment was recorded.")),
    Event("waste.payment_reversed", Text("Pembayaran dibatalkan.", "A payment was reversed.")),
)
