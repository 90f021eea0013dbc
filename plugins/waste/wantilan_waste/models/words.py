"""The words of the waste program: enumerations, as the domain notes have them."""

from __future__ import annotations

import enum


class WasteStream(enum.Enum):
    """The public streams of waste."""

    ORGANIK = "organik"
    """Decays by nature: food, leaves, offerings."""
    ANORGANIK = "anorganik"
    """Does not decay by nature and can be used again."""
    B3 = "b3"
    """Hazardous and toxic."""
    RESIDU = "residu"
    """What is left for the landfill."""


class WasteSourceClass(enum.Enum):
    """Where waste comes from."""

    RUMAH_TANGGA = "rumah tangga"
    """Households."""
    WARUNG_TOKO = "warung, toko"
    """Food stalls and shops."""
    PASAR = "pasar"
    """Markets."""
    KANTOR = "kantor"
    """Offices."""
    SEKOLAH = "sekolah"
    """Schools."""
    FASUM = "fasilitas umum"
    """Public facilities."""
    HOTEL_RESTO = "hotel, restoran"
    """Hotels and restaurants."""
    TEMPAT_IBADAH = "tempat ibadah"
    """Temples and other places of worship."""
    UPAKARA_EVENT = "upakara, acara"
    """Ceremonies and events."""
    PERTANIAN = "pertanian"
    """Farming."""
    LAINNYA = "lainnya"
    """Anything else."""


class WasteFacilityKind(enum.Enum):
    """What kind of facility this is."""

    TPS3R = "TPS3R"
    """Reduce, reuse, recycle: sorts and processes the village's waste."""
    BANK_SAMPAH = "bank sampah"
    """Waste bank."""


class WasteSipsnClass(enum.Enum):
    """The nine classes of composition in which SIPSN asks for masses."""

    SISA_MAKANAN = "sisa makanan"
    """Left-over food."""
    KAYU_RANTING = "kayu, ranting, daun"
    """Wood, twigs and leaves."""
    KERTAS_KARTON = "kertas, karton"
    """Paper and cardboard."""
    PLASTIK = "plastik"
    """Plastic."""
    LOGAM = "logam"
    """Metal."""
    KAIN = "kain"
    """Cloth."""
    KARET_KULIT = "karet, kulit"
    """Rubber and leather."""
    KACA = "kaca"
    """Glass."""
    LAINNYA = "lainnya"
    """Anything else."""


class WastePpClass(enum.Enum):
    """The five kinds into which household waste is sorted by the government regulation on it."""

    B3 = "mengandung B3"
    """Contains what is hazardous."""
    MUDAH_TERURAI = "mudah terurai"
    """Decays easily."""
    DAPAT_DIGUNAKAN_KEMBALI = "dapat digunakan kembali"
    """Can be used again as it is."""
    DAPAT_DIDAUR_ULANG = "dapat didaur ulang"
    """Can be made into something else."""
    LAINNYA = "lainnya"
    """Anything else: residue."""


class WasteMeasure(enum.Enum):
    """How a mass became known."""

    WEIGHED = "ditimbang"
    """On a scale: gross less tare."""
    VOLUME = "volume"
    """From a volume and a density."""
    COUNT = "hitungan"
    """From a number of pieces and the mass of one."""
    ESTIMATE = "perkiraan"
    """Estimated by who took it in."""


class WasteOrganicHandling(enum.Enum):
    """What a household or business does with its organic waste itself."""

    TEBA_MODERN = "teba modern"
    """A lined pit in the yard, emptied after some months."""
    KOMPOSTER = "komposter"
    """A composter."""
    BIOPORI = "biopori"
    """Holes in the ground."""
    PAKAN_TERNAK = "pakan ternak"
    """It feeds animals."""
    ECO_ENZYME = "eco enzyme"
    """It is fermented."""
    TIDAK_ADA = "tidak ada"
    """Nothing: all of it is collected."""


class WastePointStatus(enum.Enum):
    """Whether a service point is served."""

    ACTIVE = "aktif"
    """It is served."""
    PAUSED = "dijeda"
    """It is not served for a while."""
    CLOSED = "ditutup"
    """It is served no more."""


class WasteFeePeriod(enum.Enum):
    """What a fee is paid for."""

    MONTHLY = "bulanan"
    """For a month."""
    PER_PICKUP = "per pengangkutan"
    """For each pickup."""


class WasteSubscriptionState(enum.Enum):
    """The state of a subscription."""

    PENDING = "menunggu"
    """It begins on a day to come."""
    ACTIVE = "aktif"
    """It runs."""
    SUSPENDED = "ditangguhkan"
    """It rests: nothing is invoiced."""
    ENDED = "berakhir"
    """It is over for good."""


class WasteInvoiceState(enum.Enum):
    """The state of an invoice."""

    ISSUED = "terbit"
    """Nothing of it is paid yet."""
    PARTIAL = "dibayar sebagian"
    """A part of it is paid."""
    PAID = "lunas"
    """All of it is paid."""
    VOID = "dibatalkan"
    """It was issued in error and is owed no more."""
    WAIVED = "dibebaskan"
    """What is left of it is forgiven."""


class WastePaymentMethod(enum.Enum):
    """How a fee is paid."""

    CASH = "tunai"
    """In cash."""
    TRANSFER = "transfer"
    """By bank transfer."""
    QRIS = "QRIS"
    """By QRIS."""
    BANK_SAMPAH_BALANCE = "saldo bank sampah"
    """From a balance at the waste bank."""


class WasteScheduleDateKind(enum.Enum):
    """What a single date does to a schedule."""

    EXTRA = "tambahan"
    """A pickup that the rule does not give: RDATE."""
    EXCLUDED = "ditiadakan"
    """No pickup on a day that the rule gives: EXDATE."""


class WasteRunState(enum.Enum):
    """The state of a collection run."""

    PLANNED = "direncanakan"
    """It lies ahead."""
    STARTED = "berjalan"
    """The collector is under way."""
    FINISHED = "selesai"
    """All stops were looked at, the load is not weighed yet."""
    WEIGHED = "ditimbang"
    """Its load is weighed."""
    CLOSED = "ditutup"
    """Nothing more is written down for it."""
    CANCELLED = "dibatalkan"
    """It did not take place."""


class WasteStopOutcome(enum.Enum):
    """What came of a stop."""

    COLLECTED = "diangkut"
    """The waste was taken."""
    PARTIAL = "diangkut sebagian"
    """A part of it was taken."""
    REJECTED_UNSORTED = "ditolak karena tidak dipilah"
    """It was left, since it was not sorted."""
    NOT_PUT_OUT = "tidak dikeluarkan"
    """Nothing was put out."""
    NO_ACCESS = "tidak dapat dijangkau"
    """The collector could not get there."""
    SUSPENDED = "layanan ditangguhkan"
    """The point is not served at present."""
    SKIPPED = "dilewati"
    """The collector passed it by."""


class WasteVisitResult(enum.Enum):
    """What became of a visit that a device sent."""

    ACCEPTED = "diterima"
    """It is written down."""
    DUPLICATE = "sudah ada"
    """It was written down before, as it stands there."""
    REJECTED = "ditolak"
    """It is not written down, and the code says why."""


class WasteBatchKind(enum.Enum):
    """What is done in a batch."""

    SORT = "pemilahan"
    """Mixed waste is sorted into categories."""
    COMPOST = "pengomposan"
    """Organic waste becomes compost."""
    MAGGOT = "maggot"
    """Organic waste feeds larvae."""
    OTHER = "lainnya"
    """Anything else."""


class WasteBatchState(enum.Enum):
    """The state of a batch."""

    OPEN = "terbuka"
    """It still takes in."""
    CURING = "pematangan"
    """It ripens and takes in nothing more."""
    FINISHED = "selesai"
    """What came of it is weighed."""


class WasteStockReason(enum.Enum):
    """Why the stock of a lot changed."""

    IN = "masuk"
    """An intake, or the output of a batch."""
    OUT = "keluar"
    """The input of a batch."""
    SALE = "penjualan"
    """It was sold."""
    RESIDUE = "residu"
    """It went to the landfill."""
    HANDOVER = "penyerahan"
    """It was handed over or given away: B3 to a licensed party, compost to a garden."""
    LOSS = "susut"
    """It was lost: spoilt, burnt, stolen."""
    ADJUST = "penyesuaian"
    """The stock was counted, and this is the difference."""


class WasteTripKind(enum.Enum):
    """What left the facility without being sold."""

    RESIDUE = "residu"
    """Residue to a landfill."""
    B3_HANDOVER = "penyerahan B3"
    """Hazardous waste to a licensed or a regency's party."""
    GIVEN = "diberikan"
    """Given away: compost to gardens, for example."""


class WasteGrade(enum.Enum):
    """How good a mass is, by how it became known. A rule of this program, of no authority."""

    A = "A"
    """At least 95 % of it was weighed."""
    B = "B"
    """At least half of it was weighed, and at most a tenth was estimated."""
    C = "C"
    """At most half of it was estimated."""
    D = "D"
    """More than half of it was estimated."""


class WasteRecipient(enum.Enum):
    """Who may take over hazardous waste."""

    LICENSED = "berizin"
    """A company with a licence for hazardous waste."""
    REGENCY = "kabupaten"
    """The regency, at its depot or its truck."""


class WasteAccountKind(enum.Enum):
    """What kind of savings account this is."""

    INDIVIDUAL = "individu"
    """Of a resident or a household."""
    COLLECTIVE = "kelompok"
    """Of a group: a school, a sekaa, a PKK."""
    SOCIAL = "sosial"
    """For a cause."""


class WasteAccountState(enum.Enum):
    """The state of an account."""

    ACTIVE = "aktif"
    """It takes deposits."""
    CLOSED = "ditutup"
    """It is over, its balance is 0."""


class WasteDepositState(enum.Enum):
    """The state of a deposit."""

    POSTED = "dibukukan"
    """It counts."""
    REVERSED = "dibatalkan"
    """It was taken back by a reversal."""


class WasteLedgerKind(enum.Enum):
    """Why the balance of an account changed."""

    DEPOSIT = "setoran"
    """Waste was deposited."""
    WITHDRAWAL = "penarikan"
    """Money was paid out."""
    FEE = "iuran"
    """The waste fee was paid from the balance."""
    REVERSAL = "pembatalan"
    """An earlier entry was taken back."""


class WasteWithdrawalState(enum.Enum):
    """The state of a withdrawal."""

    REQUESTED = "diminta"
    """It waits for approval."""
    APPROVED = "disetujui"
    """Its amount is reserved."""
    PAID = "dibayar"
    """It was paid out."""
    REJECTED = "ditolak"
    """It was refused."""
    CANCELLED = "dibatalkan"
    """Who asked for it took it back."""


class WasteWithdrawalMethod(enum.Enum):
    """How a withdrawal is paid out."""

    CASH = "tunai"
    """In cash."""
    TRANSFER = "transfer"
    """By bank transfer."""


class WasteComplaintKind(enum.Enum):
    """What a complaint is about."""

    MISSED_PICKUP = "tidak diangkut"
    """A pickup did not come."""
    WILD_DUMP = "pembuangan liar"
    """Waste was dumped where it must not be."""
    BURNING = "pembakaran"
    """Waste is burnt."""
    OVERFLOW = "penuh, meluap"
    """A container or a place overflows."""
    ODOUR_LEACHATE = "bau, air lindi"
    """It smells, or it leaks."""
    BILLING = "tagihan"
    """An invoice or a payment."""
    B3_FOUND = "ditemukan B3"
    """Hazardous waste was found."""
    OTHER = "lainnya"
    """Anything else."""


class WasteComplaintState(enum.Enum):
    """The state of a complaint. The first three are open."""

    OPEN = "terbuka"
    """Nobody has looked at it yet."""
    ACKNOWLEDGED = "diterima"
    """The office knows of it."""
    IN_PROGRESS = "dikerjakan"
    """Something is being done."""
    RESOLVED = "diselesaikan"
    """It is done."""
    CLOSED = "ditutup"
    """It is done, and nobody objected."""
    REJECTED = "ditolak"
    """It is not one for this office."""


class WasteReportState(enum.Enum):
    """The state of a period's report."""

    DRAFT = "rancangan"
    """The office works on it; its figures may still change."""
    SUBMITTED = "diajukan"
    """Its figures are frozen, and the regency looks at it."""
    RETURNED = "dikembalikan"
    """The regency wants it changed."""
    ACCEPTED = "diterima"
    """The regency has accepted it."""
    LOCKED = "dikunci"
    """It changes no more: what comes late becomes a revision."""
