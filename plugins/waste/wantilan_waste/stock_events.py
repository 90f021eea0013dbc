"""What is announced of facilities and their stock: ids only."""

from __future__ import annotations

from wantilan import Event, Text

FACILITY_SAVED, CATEGORY_SAVED = "waste.facility_saved", "waste.category_saved"
CATEGORY_RETIRED = "waste.category_retired"
BATCH_OPENED, BATCH_FED = "waste.batch_opened", "waste.batch_fed"
BATCH_CURED, BATCH_FINISHED = "waste.batch_cured", "waste.batch_finished"
SALE_RECORDED, SALE_PAID = "waste.sale_recorded", "waste.sale_paid"
TRIP_RECORDED = "waste.trip_recorded"
STOCK_COUNTED, STOCK_LOST = "waste.stock_counted", "waste.stock_lost"

EVENTS = (
    Event(FACILITY_SAVED, Text("Fasilitas disimpan.", "A facility was made or changed.")),
    Event(CATEGORY_SAVED, Text("Kategori disimpan.", "A category was made or changed.")),
    Event(CATEGORY_RETIRED, Text("Kategori tidak dipakai lagi.", "A category was retired.")),
    Event(BATCH_OPENED, Text("Olahan dibuka.", "A batch was begun.")),
    Event(BATCH_FED, Text("Olahan diisi.", "Something went into a batch.")),
    Event(BATCH_CURED, Text("Olahan dimatangkan.", "A batch ripens.")),
    Event(BATCH_FINISHED, Text("Olahan selesai.", "A batch was finished.")),
    Event(SALE_RECORDED, Text("Penjualan dicatat.", "A sale was recorded.")),
    Event(SALE_PAID, Text("Penjualan dibayar.", "A sale was paid.")),
    Event(TRIP_RECORDED, Text("Pengangkutan keluar dicatat.", "A trip out was recorded.")),
    Event(STOCK_COUNTED, Text("Stok dihitung.", "A lot was counted.")),
    Event(STOCK_LOST, Text("Susut dicatat.", "A loss of stock was recorded.")),
)
