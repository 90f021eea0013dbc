"""What the waste bank announces."""

from __future__ import annotations

from wantilan import Event, Text

from .mutations import accounts, deposits, fees_from_balance, prices, reversals, withdrawals

EVENTS = (
    Event(accounts.OPENED, Text("Rekening dibuka.", "An account was opened.")),
    Event(accounts.CLOSED, Text("Rekening ditutup.", "An account was closed.")),
    Event(prices.SET, Text("Harga ditetapkan.", "Prices were set.")),
    Event(deposits.POSTED, Text("Setoran dibukukan.", "A deposit was booked.")),
    Event(reversals.REVERSED, Text("Setoran dibatalkan.", "A deposit was taken back.")),
    Event(withdrawals.REQUESTED, Text("Penarikan diminta.", "A withdrawal was asked for.")),
    Event(withdrawals.APPROVED, Text("Penarikan disetujui.", "A withdrawal was approved.")),
    Event(withdrawals.REJECTED, Text("Penarikan ditolak.", "A withdrawal was rejected.")),
    Event(withdrawals.CANCELLED, Text("Penarikan dibatalkan.", "A withdrawal was cancelled.")),
    Event(withdrawals.PAID, Text("Penarikan dibayar.", "A withdrawal was paid.")),
    Event(fees_from_balance.PAID, Text("Iuran dibayar dari saldo.", "A fee was paid from a balance.")),
    Event(
        fees_from_balance.REVERSED,
        Text("Pembayaran dari saldo dibatalkan.", "A payment from a balance was taken back."),
    ),
)
