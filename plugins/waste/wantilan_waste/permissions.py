"""Permissions and roles of the waste program."""

from __future__ import annotations

from wantilan import Permission, PlaceKind, Role, Text

READ, RECORD, FIGURES = "waste.intake.read", "waste.intake.record", "waste.figures.read"
POINT_READ, POINT_MANAGE = "waste.point.read", "waste.point.manage"
FEE_READ, FEE_MANAGE, PAYMENT_RECORD = "waste.fee.read", "waste.fee.manage", "waste.payment.record"
RUN_READ, RUN_PLAN, VISIT_RECORD = "waste.run.read", "waste.run.plan", "waste.visit.record"
VISIT_READ = "waste.visit.read"
FACILITY_MANAGE = "waste.facility.manage"
STOCK_READ, STOCK_RECORD = "waste.stock.read", "waste.stock.record"
BANK_READ, BANK_TELL = "waste.bank.read", "waste.bank.tell"
BANK_APPROVE, PRICE_SET = "waste.bank.approve", "waste.price.set"
COMPLAINT_READ, COMPLAINT_HANDLE = "waste.complaint.read", "waste.complaint.handle"
LOOK_UP = "code.look_up"
"""Core's: who holds a code that was read at the scale."""
REPORT_READ, REPORT_SUBMIT, REPORT_REVIEW = "waste.report.read", "waste.report.submit", "waste.report.review"

PERMISSIONS = (
    Permission(READ, Text("Melihat penimbangan sampah", "See weighings of waste")),
    Permission(RECORD, Text("Mencatat penimbangan sampah", "Record weighings of waste")),
    Permission(FIGURES, Text("Melihat angka sampah", "See figures of waste")),
    Permission(POINT_READ, Text("Melihat titik layanan sampah", "See service points of waste")),
    Permission(POINT_MANAGE, Text("Mengelola titik layanan sampah", "Manage service points of waste")),
    Permission(FEE_READ, Text("Melihat iuran sampah", "See waste fees")),
    Permission(FEE_MANAGE, Text("Mengelola iuran sampah", "Manage waste fees")),
    Permission(PAYMENT_RECORD, Text("Mencatat pembayaran iuran sampah", "Record payments of waste fees")),
    Permission(RUN_READ, Text("Melihat rute dan titik pengangkutan", "See routes and stops of collection")),
    Permission(RUN_PLAN, Text("Merencanakan pengangkutan sampah", "Plan the collection of waste")),
    Permission(VISIT_RECORD, Text("Mencatat kunjungan pengangkutan", "Record visits of collection")),
    Permission(VISIT_READ, Text("Melihat kunjungan pengangkutan", "See visits of collection")),
    Permission(FACILITY_MANAGE, Text("Mengelola fasilitas sampah", "Manage facilities of waste")),
    Permission(STOCK_READ, Text("Melihat stok dan neraca sampah", "See stock and balance of waste")),
    Permission(STOCK_RECORD, Text("Mencatat olahan dan stok sampah", "Record processing and stock of waste")),
    Permission(BANK_READ, Text("Melihat rekening bank sampah", "See accounts of the waste bank")),
    Permission(BANK_TELL, Text("Melayani rekening bank sampah", "Serve accounts of the waste bank")),
    Permission(BANK_APPROVE, Text("Menyetujui penarikan bank sampah", "Approve the bank's withdrawals")),
    Permission(PRICE_SET, Text("Menetapkan harga bank sampah", "Set prices of the waste bank")),
    Permission(COMPLAINT_READ, Text("Melihat aduan sampah", "See complaints about waste")),
    Permission(COMPLAINT_HANDLE, Text("Menangani aduan sampah", "Handle complaints about waste")),
    Permission(REPORT_READ, Text("Melihat laporan sampah", "See reports on waste")),
    Permission(REPORT_SUBMIT, Text("Mengajukan laporan sampah", "Submit reports on waste")),
    Permission(REPORT_REVIEW, Text("Memeriksa laporan sampah", "Review reports on waste")),
)

REGION = frozenset({PlaceKind.REGION})
COLLECTOR = frozenset({RECORD, RUN_READ, VISIT_RECORD})
"""Stops, and neither balances nor invoices nor what others weighed."""
TPS3R_OPERATOR = frozenset({READ, RECORD, FIGURES, RUN_READ, STOCK_READ, STOCK_RECORD, LOOK_UP})
BANK_TELLER = frozenset({BANK_READ, BANK_TELL, PAYMENT_RECORD, LOOK_UP})
OFFICE = frozenset(permission.name for permission in PERMISSIONS) - {REPORT_REVIEW}
"""The regency reviews what the office submits."""
AGENCY = frozenset({FIGURES, REPORT_READ, REPORT_REVIEW})
"""Aggregates, facilities and reports, and no person."""

ROLES = (
    Role("waste_collector", Text("Petugas angkut sampah", "Waste collector"), COLLECTOR, REGION),
    Role("waste_tps3r_operator", Text("Petugas TPS3R", "TPS3R operator"), TPS3R_OPERATOR, REGION),
    Role("waste_bank_teller", Text("Teller bank sampah", "Teller of the waste bank"), BANK_TELLER, REGION),
    Role("village_operator", Text("Operator desa", "Village operator"), OFFICE, REGION),
    Role("perbekel", Text("Perbekel", "Village head"), OFFICE, REGION),
    Role("agency_officer", Text("Petugas OPD", "Agency officer"), AGENCY, REGION),
)
