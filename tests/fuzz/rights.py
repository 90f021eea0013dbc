"""Who may read what, once more, in Python and by hand: nothing here is taken from the rules' SQL.

A rule has three faces, as in ARCHITECTURE.md: `anywhere` (else the operation is refused), `here` (else the field
is null), `opens` (else the row is left out).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from wantilan.access.actor import Actor, Held
from wantilan.access.permissions import PlaceKind

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Place:
    """Where an object stands: in a village, or (village None) it is a region itself."""

    code: str
    village: UUID | None


class Store:
    """All rows of one database, and the few questions that the rules ask of them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._villages = {row["id"]: row for row in rows["village"]}
        self._keyed = {
            (table, row["id"]): row
            for table, found in rows.items()
            for row in found
            if {"village_id", "id"} <= row.keys()
        }
        self._on = {(row["village_id"], row["program"]) for row in rows["village_program"]}

    def place(self, row: Row) -> Place:
        if "parent_code" in row:
            return Place(row["code"], None)
        village = self._villages[row.get("village_id", row["id"])]
        return Place(village["code"], village["id"])

    def row(self, table: str, key: UUID | None) -> Row | None:
        return self._keyed.get((table, key)) if key is not None else None

    def villages_under(self, code: str) -> list[Row]:
        return [row for row in self.rows["village"] if under(row["code"], code)]

    def enabled(self, program: str, place: Place) -> bool:
        """For a region: one of its villages has switched the program on."""
        villages = [place.village] if place.village else [v["id"] for v in self.villages_under(place.code)]
        return any((village, program) in self._on for village in villages)


def under(code: str, above: str) -> bool:
    return above == "" or code == above or code.startswith(above + ".")


@dataclass(frozen=True)
class Who:
    """An actor, read from what he was granted."""

    held: tuple[Held, ...]
    id: UUID | None = None

    @classmethod
    def of(cls, actor: Actor) -> Who:
        return cls(actor.held, actor.id)

    def codes(self, permission: str) -> list[str]:
        return [h.code for h in self.held if h.kind is PlaceKind.REGION and permission in h.permissions]

    def hamlets(self, permission: str) -> set[UUID | None]:
        return {h.object_id for h in self.held if h.kind is PlaceKind.HAMLET and permission in h.permissions}

    def may(self, permission: str, place: Place) -> bool:
        return any(under(place.code, code) for code in self.codes(permission))

    @property
    def home(self) -> Held | None:
        return next((h for h in self.held if h.kind is PlaceKind.RESIDENT), None)

    def looks_into(self, place: Place) -> bool:
        """The wall: into a village in which he holds nothing at all nobody looks."""
        return any(under(place.code, h.code) for h in self.held)


class Rule(Protocol):
    def anywhere(self, who: Who) -> bool: ...
    def here(self, who: Who, place: Place, store: Store) -> bool: ...
    def opens(self, who: Who, row: Row, store: Store) -> bool: ...


class Everyone:
    def anywhere(self, who: Who) -> bool:
        return True

    def here(self, who: Who, place: Place, store: Store) -> bool:
        return True

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        return True


class OwnVillage:
    """Residents, for what concerns their village as a whole."""

    def anywhere(self, who: Who) -> bool:
        return who.home is not None

    def here(self, who: Who, place: Place, store: Store) -> bool:
        return who.home is not None and place.village == who.home.village_id

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        return self.here(who, store.place(row), store)


@dataclass(frozen=True)
class Within:
    """The permission for the whole village; with `hamlet`, also for the hamlet that a row belongs to."""

    permission: str
    hamlet: Callable[[Row, Store], UUID | None] | None = None

    def anywhere(self, who: Who) -> bool:
        return bool(who.codes(self.permission)) or bool(self.hamlet and who.hamlets(self.permission))

    def here(self, who: Who, place: Place, store: Store) -> bool:
        if who.may(self.permission, place):
            return True
        if self.hamlet is None or place.village is None:
            return False
        held = who.hamlets(self.permission)
        return any(row["id"] in held and row["village_id"] == place.village for row in store.rows["hamlet"])

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        if who.may(self.permission, store.place(row)):
            return True
        return self.hamlet is not None and self.hamlet(row, store) in who.hamlets(self.permission)


@dataclass(frozen=True)
class OwnHousehold:
    """The person and who lives with him. A row names a person or a household."""

    resident: Callable[[Row], UUID] | None = None
    household: Callable[[Row], UUID | None] | None = None

    def anywhere(self, who: Who) -> bool:
        return who.home is not None

    def here(self, who: Who, place: Place, store: Store) -> bool:
        return who.home is not None and place.village == who.home.village_id

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        home = who.home
        if home is None or not self.here(who, store.place(row), store):
            return False
        me = store.row("resident", home.object_id)
        mine = me["household_id"] if me is not None else None
        if self.household is not None:
            return mine is not None and self.household(row) == mine
        assert self.resident is not None
        person = store.row("resident", self.resident(row))
        if person is None:
            return False
        return person["id"] == home.object_id or (mine is not None and person["household_id"] == mine)


class Oneself(OwnHousehold):
    """The person, and nobody who lives with him."""

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        home = who.home
        return (
            home is not None
            and self.here(who, store.place(row), store)
            and row["resident_id"] == home.object_id
        )


class StartedIt:
    """Whoever started it, while he may look into its village at all."""

    def anywhere(self, who: Who) -> bool:
        return who.id is not None

    def here(self, who: Who, place: Place, store: Store) -> bool:
        return who.looks_into(place)

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        return who.looks_into(store.place(row)) and row["started_by"] == who.id


class FileOfItsKind:
    """The permission that the file names, who uploaded it, and where it says so the household that it is about;
    for nobody while the program is off, and not when it is gone. Only who uploaded it sees it before it has come.
    """

    def anywhere(self, who: Who) -> bool:
        return who.id is not None

    def here(self, who: Who, place: Place, store: Store) -> bool:
        return True

    def opens(self, who: Who, row: Row, store: Store) -> bool:
        place = store.place(row)
        if row["program"] is not None and not store.enabled(row["program"], place):
            return False
        if row["state"].name == "EXPECTED":
            return bool(row["uploaded_by"] == who.id)
        if row["state"].name == "GONE":
            return False
        return row["uploaded_by"] == who.id or who.may(row["opens"], place) or self.at_home(who, row, store)

    def at_home(self, who: Who, row: Row, store: Store) -> bool:
        about = (OwnHousehold(resident=at("resident_id")), OwnHousehold(household=at("household_id")))
        named = [
            rule for rule, column in zip(about, ("resident_id", "household_id"), strict=True) if row[column]
        ]
        return bool(row["household"]) and any(rule.opens(who, row, store) for rule in named)


def own(column: str) -> Callable[[Row, Store], Any]:
    return lambda row, store: row[column]


def of_resident(row: Row, store: Store) -> UUID | None:
    """The hamlet of the resident whom a row names; None where it names nobody."""
    person = store.row("resident", row["resident_id"])
    return person["hamlet_id"] if person is not None else None


def at(column: str) -> Callable[[Row], Any]:
    return lambda row: row[column]


FIGURES = "waste.figures.read"

HOME = OwnHousehold(household=at("household_id"))


def office(*permissions: str) -> list[Rule]:
    return [Within(f"waste.{one}.read") if "." not in one else Within(f"waste.{one}") for one in permissions]


BALANCE: list[Rule] = office("stock", "figures")
BANK: list[Rule] = [*office("bank"), Oneself(), HOME]
FEES: list[Rule] = [*office("fee", "payment.record"), HOME]
PRICES: list[Rule] = [*office("bank", "bank.tell", "price.set", "stock"), OwnVillage()]
ROUTES: list[Rule] = [*office("run"), OwnVillage()]
COMPLAINT: list[Rule] = [*office("complaint"), OwnHousehold(resident=at("resident_id"))]

WASTE: Mapping[str, Sequence[Rule]] = {
    "WasteMassBalance": BALANCE, "WasteMassQuality": BALANCE, "WasteOrganikBalance": BALANCE,
    "WasteAnorganikBalance": BALANCE, "WasteB3Balance": BALANCE, "WasteResiduBalance": BALANCE,
    "WasteDashboard": office("figures"), "WasteVisitCount": office("figures"),
    "WasteAccount": BANK, "WasteDeposit": BANK, "WasteDepositLine": BANK, "WasteWithdrawal": BANK,
    "WasteLedgerEntry": BANK,
    "WasteCategory": [
        *office("intake.record", "facility.manage", "stock", "stock.record", "figures", "bank", "point"), OwnVillage()
    ],
    "WasteComplaint": COMPLAINT, "WasteComplaintStep": COMPLAINT, "WasteComplaintPhoto": COMPLAINT,
    "WastePublicComplaint": [Everyone()], "WasteComplaintsByState": office("complaint"),
    "WasteStock": [*office("stock", "figures"), OwnVillage()],
    "WasteMassByMethod": [*office("figures"), OwnVillage()],
    "WasteServicePoint": [*office("point", "run", "payment.record"), HOME],
    "WasteSourceSurvey": [*office("point"), HOME], "WastePointCount": office("point", "figures"),
    "WasteFeePlan": [*office("fee", "payment.record"), OwnVillage()],
    "WasteFeePlanClass": [*office("fee", "payment.record"), OwnVillage()],
    "WasteSubscription": FEES, "WasteSubscriptionPause": FEES, "WasteInvoice": FEES, "WastePayment": FEES,
    "WastePaymentPart": FEES, "WasteInvoiceSum": office("fee", "figures"),
    "WastePriceItem": PRICES, "WastePrice": PRICES, "WasteReport": office("report"),
    "WasteStopHamlet": ROUTES, "WasteRouteStop": ROUTES, "WasteRoute": ROUTES, "WasteSchedule": ROUTES,
    "WasteScheduleDate": ROUTES, "WastePickup": ROUTES, "WasteStopPoint": [*office("run"), HOME],
    "WasteFeed": [*office("run.plan"), HOME], "WasteStopVisit": [*office("visit", "visit.record"), HOME],
    "WasteRunOutcome": office("run"), "WasteRunStop": office("run"), "WasteRun": office("run"),
    "WasteLot": office("stock"), "WasteStockMovement": office("stock"), "WasteBatch": office("stock"),
    "WasteSale": office("stock"), "WasteSaleLine": office("stock"), "WasteTrip": office("stock"),
}  # fmt: skip

READ: Mapping[str, Sequence[Rule]] = {
    **WASTE,
    "ProgramSetup": [Everyone()],
    "Region": [Everyone()],
    "Village": [Everyone()],
    "Hamlet": [Within("village.read", own("id")), OwnVillage()],
    "HamletHead": [Within("village.read", own("hamlet_id")), OwnVillage()],
    "Household": [Within("village.read", own("hamlet_id")), OwnHousehold(household=at("id"))],
    "HouseholdNumber": [Within("village.read"), OwnHousehold(household=at("household_id"))],
    "HouseholdMember": [Within("resident.read", of_resident), OwnHousehold(household=at("household_id"))],
    "Resident": [Within("resident.read", own("hamlet_id")), OwnHousehold(resident=at("id"))],
    "LifeEvent": [Within("resident.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "LifeEffect": [Within("resident.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "ResidentState": [Within("resident.read", own("hamlet_id")), OwnHousehold(resident=at("resident_id"))],
    "HouseholdState": [Within("village.read", own("hamlet_id")), OwnHousehold(household=at("household_id"))],
    "ResidentCorrection": [Within("resident.correct"), Oneself()],
    "ResidentDetails": [Within("resident.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "ResidentSource": [Within("resident.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "OutgoingTransfer": [Within("resident.transfer")],
    "OutgoingPerson": [Within("resident.transfer")],
    "IncomingTransfer": [Within("resident.transfer")],
    "IncomingPerson": [Within("resident.transfer")],
    "ResidentDuplicate": [Within("resident.merge")],
    "File": [FileOfItsKind()],
    "Message": [Oneself()],
    "MailAddress": [Within("mail.address.read"), Within("mail.address.manage"), Oneself()],
    "VillageJob": [Within("job.read")],
    "VillageJobRun": [Within("job.read")],
    "VillageTask": [Within("job.read"), StartedIt()],
    "WasteFacility": [Within("waste.intake.read"), Within("waste.intake.record"), Within(FIGURES), OwnVillage()],
    "WasteIntake": [Within("waste.intake.read"), OwnHousehold(household=at("household_id"))],
    "WasteMass": [Within(FIGURES), OwnVillage()],
    "WasteDashboard": [Within(FIGURES)],
    "WasteVisitCount": [Within(FIGURES)],
    "WasteReport": [Within("waste.report.read")],
    "WastePublicMonth": [Everyone()],
    "Statistics": [Within("resident.read")],
    "HamletStatistics": [Within("resident.read", own("id"))],
    "Figures": [Within("figures.read")],
    "CctvPublicCamera": [Everyone()],
    "CctvCamera": [Within("cctv.camera.read")],
    "CctvPublicCount": [Everyone()],
    "KartuCard": [Within("kartu.card.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "KartuCardEvent": [Within("kartu.card.read", of_resident), OwnHousehold(resident=at("resident_id"))],
    "KartuCardsByStatus": [Within("kartu.figures.read"), OwnVillage()],
}  # fmt: skip
"""The read rules of every entity and summary. One that is not here fails the test by name."""

OPEN_TABLES = {
    "region", "village", "village_program", "cctv_public_camera", "program_setup", "waste_public_complaint",
    "waste_public_month",
}  # fmt: skip
"""Tables of reference and what is published: the wall does not stand before them."""


def rules_of(type_name: str, who: Who) -> list[Rule]:
    """The rules that can hold for the actor anywhere. None: nowhere."""
    if type_name not in READ:
        raise AssertionError(f"tests/fuzz/rights.py: READ has no rules for {type_name}; write them by hand")
    return [rule for rule in READ[type_name] if rule.anywhere(who)]


def is_here(type_name: str, who: Who, place: Place, store: Store) -> bool:
    return any(rule.here(who, place, store) for rule in rules_of(type_name, who))


def may_read(type_name: str, table: str, who: Who, row: Row, store: Store) -> bool:
    """Behind the wall, and opened by a rule."""
    if table not in OPEN_TABLES and not who.looks_into(store.place(row)):
        return False
    return any(rule.opens(who, row, store) for rule in rules_of(type_name, who))
