"""Objects of the registry: regions, villages, hamlets, households, residents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ..access.rules import everyone, own_village
from ..graph.declare import (
    column,
    computed,
    connection,
    constant,
    entity,
    group,
    group_of,
    item,
    listed,
    listing,
    many,
    one,
    tabled,
)
from ..graph.filters import by
from ..graph.points import point
from ..graph.relay import Connection
from ..graph.scalars import GeoJSONPoint, Json, RegionCode
from ..programs.files import FileKind
from ..programs.manifest import Program
from ..store.places import RegionLevel, VillageKind
from ..store.places import Village as VillageRow
from . import models
from .codes import (
    BloodType,
    Citizenship,
    Contraception,
    CurrentEducation,
    DeathCause,
    Disability,
    Education,
    FamilyRelationship,
    IdentityCard,
    IdentityCardProgress,
    Insurance,
    LifeEventKind,
    MaritalStatus,
    MoveDistance,
    Occupation,
    Pregnancy,
    Religion,
    Residency,
    ResidentStatus,
    Sex,
)
from .corrections.showing import shown_former, shown_values
from .files.rules import reads_file
from .job_types import TYPES as JOB_TYPES
from .job_types import VillageJob
from .life.showing import shown_changes
from .message_types import Message
from .models import CorrectionState, DuplicateRule, DuplicateState, TransferState
from .numbers import NikKind
from .permissions import CORRECT
from .programs import delivery_failures, program_enabled, program_settings
from .reading import oneself, own_household, within
from .searching import BY_WORDS
from .sheet_types import ResidentSource
from .statistic_types import TYPES as STATISTIC_TYPES
from .statistic_types import Figures, HamletStatistics, Statistics
from .statistics.doors import FIGURES, STATISTICS
from .task_types import TYPES as TASK_TYPES
from .task_types import VillageTask


@entity(models.Region, read=[everyone()],
        order=[models.Region.code, by(models.Region.name, key=models.Region.name_key)],
        filter=[models.Region.level, models.Region.code])  # fmt: skip
class Region:
    """An administrative region of Indonesia, from a province down to a village, with its Kemendagri code."""

    code: RegionCode = column(models.Region.code)
    """The dotted code: `51.02.06`."""
    name: str
    """Its name; names repeat, codes do not."""
    level: RegionLevel
    """What kind of region it is."""
    parent: Region | None = one(models.Region.parent_code)
    """The region that it lies in; null for a province."""
    children: Connection[Region] = connection(models.Region.parent_code)
    """The regions one level below."""
    villages: Connection[Village] = connection(models.Village.region_code)
    """The villages right below this region (a kecamatan) that use this deployment."""
    village: Village | None = one(models.Village.code)
    """The village of this code, if it uses this deployment."""
    statistics: Statistics | None = tabled(STATISTICS)
    """The people of its villages that use this deployment, counted exactly on any day."""
    figures: Figures | None = tabled(FIGURES)
    """The people of its villages that use this deployment, counted at the end of a month and rounded."""


@group_of(models.Village)
class VillageTerms:
    """What a village calls its own parts."""

    hamlet: str = column(models.Village.hamlet_term)
    """A hamlet: banjar, dusun, lingkungan."""
    head: str = column(models.Village.head_term)
    """The head of the village: perbekel, kepala desa, lurah."""
    hamlet_head: str = column(models.Village.hamlet_head_term)
    """The head of a hamlet: kelian, kepala dusun."""


def _kinds(program: Program, language: str) -> Any:
    return [_kind(kind, language) for kind in program.files]


def _kind(kind: FileKind, language: str) -> dict[str, object]:
    return {
        "name": kind.name,
        "description": kind.description.in_("en" if language == "en" else "id"),
        "types": [one.value for one in kind.types],
        "mostBytes": kind.most_bytes,
        "read": kind.read,
        "write": " or ".join(map(str, kind.writers)),
    }


@listing
class VillageProgram:
    """A program as one village sees it."""

    name: str = constant(lambda program, language: program.name)
    """The program's name, as `enableProgram` takes it."""
    title: str = constant(lambda program, language: program.title.in_(language))
    """What people call it, in the language of the request."""
    summary: str = constant(lambda program, language: program.summary.in_(language))
    """What it does for a village."""
    version: str = constant(lambda program, language: program.version)
    """The installed version."""
    enabled: bool = item(program_enabled, type=sa.Boolean())
    """Whether this village has switched it on."""
    settings: Json | None = item(program_settings, type=sa.JSON(), needs="program.manage")
    """The village's settings of the program; null while none are kept."""
    file_kinds: Json = constant(_kinds)
    """The kinds of files that it keeps, each with `name`, `description`, `types` (media types), `mostBytes`,
    `read` (the permission that opens one) and `write` (what whoever uploads one needs).
    """
    delivery_failures: int | None = item(delivery_failures, type=sa.Integer(), needs="program.manage")
    """How often in a row it could not be told of an event in the village. Above 0 it is stuck: what happened
    since waits behind that event, which is tried again after growing pauses.
    """
    settings_schema: Json | None = constant(
        lambda program, language: program.settings.model_json_schema() if program.settings else None
    )
    """JSON Schema of the settings; null for a program without any."""


@entity(models.ProgramSetup, read=[everyone()], filter=[models.ProgramSetup.program])
class ProgramSetup:
    """How a village has set up a program, as it published it for others to take over. No person is in it."""

    program: str
    """The program's name."""
    version: str
    """The version of the program of which it was taken."""
    setup: Json
    """What was set up, as the program gives it: objects by codes and names."""
    settings: Json
    """The settings, without those that are each village's own."""
    published_at: datetime
    """When it was published, in its present form."""
    village: Village = one()
    """The village that published it."""


@entity(models.Village, read=[everyone()],
        order=[models.Village.code, by(models.Village.name, key=models.Village.name_key)],
        filter=[models.Village.code, by(models.Village.name, key=models.Village.name_key)])  # fmt: skip
class Village:
    """A village that uses this deployment. That it exists is public; its people are not."""

    code: RegionCode = column(models.Village.code)
    """The Kemendagri code, dotted: `51.02.06.2001`."""
    name: str
    """Its name; several villages may share one."""
    kind: VillageKind
    """Desa, kelurahan or desa adat."""
    time_zone: str
    """The IANA zone in which its business dates and times of day are meant."""
    place: GeoJSONPoint | None = point(models.Village.longitude, models.Village.latitude)
    """Where it lies."""
    terms: VillageTerms = group()
    """What it calls its own parts."""
    region: Region = one(models.Village.region_code)
    """The region it lies in: its kecamatan; go up with `parent`."""
    resident_states: Connection[ResidentState] | None = connection(
        as_of=(models.ResidentPeriod.since, models.ResidentPeriod.until)
    )
    """What its residents were; with `asOf` one for each who was in the register on that day."""
    household_states: Connection[HouseholdState] | None = connection(
        as_of=(models.HouseholdPeriod.since, models.HouseholdPeriod.until)
    )
    """How big its households were and where; with `asOf` one for each that was there on that day."""
    corrections: Connection[ResidentCorrection] | None = connection()
    """Corrections of what identifies its residents; the open ones with `filter: {state: {eq: PROPOSED}}`."""
    hamlets: list[Hamlet] | None = many(order=models.Hamlet.name_key)
    """Its hamlets, by name."""
    households: Connection[Household] | None = connection()
    """Its households."""
    residents: Connection[Resident] | None = connection(search=BY_WORDS)
    """Its residents, whatever their status."""
    life_events: Connection[LifeEvent] | None = connection()
    """What happened to its people."""
    statistics: Statistics | None = tabled(STATISTICS)
    """Its people, counted exactly on any day."""
    figures: Figures | None = tabled(FIGURES)
    """Its people, counted at the end of a month and rounded."""
    programs: list[VillageProgram] = listed("programs")
    """Every installed program, and whether this village has switched it on."""
    program_setups: list[ProgramSetup] = many(order=models.ProgramSetup.program)
    """How it has set up its programs, as far as it has published that."""
    jobs: list[VillageJob] | None = many(order=models.Job.name)
    """What its programs do by the clock."""
    outgoing_transfers: Connection[OutgoingTransfer] | None = connection()
    """Residents who go to other villages of this deployment, or went."""
    incoming_transfers: Connection[IncomingTransfer] | None = connection()
    """Residents who come from other villages of this deployment, or came."""
    duplicates: Connection[ResidentDuplicate] | None = connection()
    """Pairs of records that may be one person."""
    tasks: Connection[VillageTask] | None = connection()
    """What its programs were asked to do once, the newest first. Those who do not hold `job.read` see what
    they started themselves.
    """


@entity(models.Hamlet, read=[within("village.read", hamlet=models.Hamlet.id), own_village()],
        order=[by(models.Hamlet.name, key=models.Hamlet.name_key)])  # fmt: skip
class Hamlet:
    """A part of a village: banjar, dusun, lingkungan."""

    name: str
    """Its name, unique in the village."""
    village: Village = one()
    """The village it belongs to."""
    head: HamletHead | None = one(as_of=(models.HamletHead.since, models.HamletHead.until))
    """Who heads it."""
    heads: list[HamletHead] | None = many(order=models.HamletHead.since)
    """Who has headed it, in the order of time."""
    households: Connection[Household] | None = connection()
    """The households in it."""
    residents: Connection[Resident] | None = connection(search=BY_WORDS)
    """The residents in it."""
    statistics: HamletStatistics | None = tabled(STATISTICS)
    """Its people, counted exactly on any day."""
    resident_states: Connection[ResidentState] | None = connection(
        as_of=(models.ResidentPeriod.since, models.ResidentPeriod.until)
    )
    """What people were while they were in it; with `asOf` one for each who was in it on that day."""
    household_states: Connection[HouseholdState] | None = connection(
        as_of=(models.HouseholdPeriod.since, models.HouseholdPeriod.until)
    )
    """How big households were while they were in it; with `asOf` one for each that was in it that day."""


@entity(models.HamletHead, read=[within("village.read", hamlet=models.HamletHead.hamlet_id), own_village()])
class HamletHead:
    """That somebody heads a hamlet, from one day to another."""

    resident: Resident | None = one()
    """Who; null for those who may not see the person."""
    since: date
    """The first day."""
    until: date | None
    """The last day; null while it lasts."""


@entity(models.Household,
        read=[within("village.read", hamlet=models.Household.hamlet_id), own_household(models.Household.id)],
        order=[models.Household.registered_on])  # fmt: skip
class Household:
    """A family with its card (KK). Its number changes over the years, the household stays."""

    hamlet: Hamlet | None = one()
    """The hamlet it lives in."""
    village: Village = one()
    """The village it belongs to."""
    address: str | None
    """House and street, as the village writes them."""
    registered_on: date
    """The day of registration."""
    closed_on: date | None
    """The day on which it ended; null while it lasts."""
    number: HouseholdNumber | None = one(only=models.HouseholdNumber.until.is_(None))
    """The number of the KK now."""
    numbers: list[HouseholdNumber] | None = many(order=models.HouseholdNumber.since)
    """Every number it has had, in the order of time."""
    state: HouseholdState | None = one(as_of=(models.HouseholdPeriod.since, models.HouseholdPeriod.until))
    """How many belong to it and in which hamlet it is; null while nobody does."""
    states: list[HouseholdState] | None = many(order=models.HouseholdPeriod.since)
    """How many belonged to it and in which hamlet it was, in the order of time."""
    members: Connection[HouseholdMember] | None = connection(
        as_of=(models.HouseholdMember.since, models.HouseholdMember.until)
    )
    """Who has belonged to it, and as what; with `asOf` who did on that day."""


@entity(
    models.HouseholdNumber, read=[within("village.read"), own_household(models.HouseholdNumber.household_id)]
)
class HouseholdNumber:
    """A KK number for as long as it is valid. Only the last four digits are ever shown."""

    masked: str
    """Twelve stars and the last four digits."""
    since: date
    """The first day."""
    until: date | None
    """The last day; null while it is valid."""


@entity(models.HouseholdMember,
        read=[within("resident.read", hamlet=(models.HouseholdMember.resident_id, models.Resident.hamlet_id)),
              own_household(models.HouseholdMember.household_id)])  # fmt: skip
class HouseholdMember:
    """That a resident belongs to a household, and as what."""

    resident: Resident | None = one()
    """The member."""
    household: Household | None = one()
    """The household."""
    relationship: FamilyRelationship
    """The relationship to the head of the family (SHDK)."""
    since: date
    """The first day."""
    until: date | None
    """The last day; null while it lasts."""


@entity(models.Resident,
        read=[within("resident.read", hamlet=models.Resident.hamlet_id), own_household(models.Resident.id)],
        order=[by(models.Resident.full_name, key=models.Resident.name_key), models.Resident.birth_date],
        filter=[by(models.Resident.full_name, key=models.Resident.name_key), models.Resident.birth_date,
                models.Resident.status])  # fmt: skip
class Resident:
    """A person in a village's register, with the official biodata (codes of Dukcapil, kept by name and
    number).
    """

    full_name: str
    """The one full name: there is no surname."""
    nik: str | None = column(models.Resident.nik_masked)
    """The NIK, masked: twelve stars and the last four digits. Null while there is none."""
    nik_kind: NikKind | None
    """Whether the NIK is permanent or temporary."""
    sex: Sex
    """Sex."""
    birth_place: str | None
    """Place of birth, as it is written in the KK."""
    birth_date: date
    """Date of birth."""
    religion: Religion | None = column(models.Resident.religion, needs="resident.sensitive.read")
    """Religion or belief."""
    marital_status: MaritalStatus | None
    """Marital status."""
    education: Education | None
    """Highest education, as in the KK."""
    current_education: CurrentEducation | None
    """Education being pursued."""
    occupation: Occupation | None
    """Occupation."""
    blood_type: BloodType | None = column(models.Resident.blood_type, needs="resident.sensitive.read")
    """Blood group."""
    citizenship: Citizenship
    """Citizenship."""
    residency: Residency
    """Permanent or temporary resident."""
    status: ResidentStatus
    """Alive, dead, moved, missing, gone; or not valid."""
    messages: Connection[Message] | None = connection()
    """What the resident has been told; for the resident alone."""
    father_name: str | None
    """The father's name, as in the KK."""
    mother_name: str | None
    """The mother's name, as in the KK."""
    phone: str | None = column(models.Resident.phone, needs="resident.contact.read")
    """Telephone number."""
    registered_at: datetime
    """When the village registered the person."""
    village: Village = one()
    """The village that keeps the register."""
    hamlet: Hamlet | None = one()
    """The hamlet the person lives in."""
    household: Household | None = one()
    """The household the person belongs to now."""
    membership: HouseholdMember | None = one(only=models.HouseholdMember.until.is_(None))
    """The membership in that household: relationship and since when."""
    memberships: list[HouseholdMember] | None = many(
        order=models.HouseholdMember.since, as_of=(models.HouseholdMember.since, models.HouseholdMember.until)
    )
    """Every household the person has belonged to, in the order of time; with `asOf` the one of that day."""
    state: ResidentState | None = one(as_of=(models.ResidentPeriod.since, models.ResidentPeriod.until))
    """What the person is; null on a day before the register knew the person."""
    states: list[ResidentState] | None = many(order=models.ResidentPeriod.since)
    """What the person has been, in the order of time."""
    history: Connection[LifeEffect] | None = connection()
    """What happened to the person, undone events included."""
    moved_to: Village | None = one((models.Resident.moved_to_id, VillageRow.id))
    """The village of this deployment whose register has the person now; null for who lives here."""
    merged_into: Resident | None = one((models.Resident.merged_into_id, models.Resident.id))
    """The record of the same person that goes on; null for one that was not merged."""
    corrections: Connection[ResidentCorrection] | None = connection()
    """Corrections of what identifies the person, decided or not; for the office and the person alone."""
    details: ResidentDetails | None = one()
    """What OpenSID's resident sheet says beside this; null while no sheet has said any of it."""
    sources: list[ResidentSource] | None = many(order=models.ResidentSource.id)
    """Where the record came from, and which imports changed it, in the order of time."""


@entity(models.ResidentDetail,
        read=[within("resident.read", hamlet=(models.ResidentDetail.resident_id, models.Resident.hamlet_id)),
              own_household(models.ResidentDetail.resident_id)])  # fmt: skip
class ResidentDetails:
    """What OpenSID's resident sheet says of a person beside the columns of `Resident`."""

    address: str | None
    """The address of the family on the person's row, where it is not that of the household."""
    rw: str | None
    """The RW, a neighbourhood association."""
    rt: str | None
    """The RT, a part of an RW."""
    current_address: str | None
    """Where the person stays now."""
    father_nik: str | None = column(models.ResidentDetail.father_nik_masked, needs="resident.sensitive.read")
    """The father's NIK, masked."""
    mother_nik: str | None = column(models.ResidentDetail.mother_nik_masked, needs="resident.sensitive.read")
    """The mother's NIK, masked."""
    birth_certificate: str | None
    """The number of the birth certificate."""
    passport: str | None = column(models.ResidentDetail.passport, needs="resident.sensitive.read")
    """The number of the passport."""
    passport_expires_on: date | None
    """The last day of the passport."""
    stay_permit: str | None = column(models.ResidentDetail.stay_permit, needs="resident.sensitive.read")
    """The number of the stay permit (KITAS, KITAP)."""
    marriage_certificate: str | None
    """The number of the marriage certificate."""
    married_on: date | None
    """The day of the marriage."""
    divorce_certificate: str | None
    """The number of the divorce certificate."""
    divorced_on: date | None
    """The day of the divorce."""
    disability: Disability | None = column(models.ResidentDetail.disability, needs="resident.sensitive.read")
    """Disability."""
    contraception: Contraception | None = column(
        models.ResidentDetail.contraception, needs="resident.sensitive.read"
    )
    """Contraception."""
    pregnancy: Pregnancy | None = column(models.ResidentDetail.pregnancy, needs="resident.sensitive.read")
    """Pregnancy."""
    identity_card: IdentityCard | None
    """Which official card the person holds."""
    identity_card_progress: IdentityCardProgress | None
    """How far the electronic identity card has come."""
    ethnicity: str | None = column(models.ResidentDetail.ethnicity, needs="resident.sensitive.read")
    """Ethnicity (suku)."""
    card_tag: str | None = column(models.ResidentDetail.card_tag, needs="resident.sensitive.read")
    """The tag of the chip of a card. It is a name and proves nothing: tags can be copied."""
    insurance: Insurance | None = column(models.ResidentDetail.insurance, needs="resident.sensitive.read")
    """Who insures the person's health."""
    insurance_number: str | None = column(
        models.ResidentDetail.insurance_number, needs="resident.sensitive.read"
    )
    """The number of that insurance."""
    latitude: float | None = column(models.ResidentDetail.latitude, needs="resident.sensitive.read")
    """The latitude of where the person lives, in degrees (WGS84)."""
    longitude: float | None = column(models.ResidentDetail.longitude, needs="resident.sensitive.read")
    """The longitude of where the person lives, in degrees (WGS84)."""
    card_household: Household | None = one()
    """The household on whose card (KK) somebody stands who does not belong to it: who has died or left, or
    whose card has no head.
    """
    card_relationship: FamilyRelationship | None
    """As what the person stands on that card."""


@entity(models.File, read=[reads_file()])
class File:
    """A file of a village: a photo, a document, a table. Its content is fetched with `requestDownload`."""

    kind: str
    """Its kind, as `village { programs { fileKinds } }` lists it."""
    content_type: str | None
    """Its media type, told by the content and not by the client; null until the content has come."""
    size: int | None
    """How many bytes it has in store; null until the content has come."""
    created_at: datetime
    """When it was asked for."""
    stored_at: datetime | None
    """When its content came; null until then."""
    village: Village = one()
    """The village that it belongs to."""


@entity(models.LifeEvent,
        read=[within("resident.read", hamlet=(models.LifeEvent.resident_id, models.Resident.hamlet_id)),
              own_household(models.LifeEvent.resident_id)],
        order=[models.LifeEvent.happened_on, models.LifeEvent.recorded_at],
        filter=[models.LifeEvent.kind, models.LifeEvent.happened_on,
                models.LifeEvent.recorded_at])  # fmt: skip
class LifeEvent:
    """Something that happened to residents on one day. It is never changed: undoing it is another event."""

    kind: LifeEventKind
    """What happened."""
    resident: Resident | None = one()
    """Whom it is about in the first place."""
    household: Household | None = one()
    """The household that it made, or to which it led."""
    happened_on: date
    """The day on which it happened."""
    reported_on: date
    """The day on which the village was told."""
    recorded_at: datetime
    """When it was written down here."""
    recorded_by: str = column(models.LifeEvent.recorded_by_label)
    """Who wrote it down: the label that the actor had then."""
    proof: File | None = one()
    """The file that proves it."""
    place: str | None
    """Where somebody was born or died, came from or went to."""
    distance: MoveDistance | None
    """How far somebody moved."""
    cause: DeathCause | None = column(models.LifeEvent.cause, needs="resident.sensitive.read")
    """What somebody died of."""
    document: str | None
    """The number of the deed or letter that proves it."""
    note: str | None = column(models.LifeEvent.note, needs="resident.sensitive.read")
    """What else the office noted."""
    undoes: LifeEvent | None = one(via=models.LifeEvent.undoes_id)
    """The event that it undid."""
    undone_by: list[LifeEvent] | None = many(via=models.LifeEvent.undoes_id)
    """The event that undid it: one, or none."""
    effects: list[LifeEffect] | None = many(order=models.LifeEffect.id)
    """What it changed, of each resident that may be seen."""


@entity(models.LifeEffect,
        read=[within("resident.read", hamlet=(models.LifeEffect.resident_id, models.Resident.hamlet_id)),
              own_household(models.LifeEffect.resident_id)],
        order=[models.LifeEffect.happened_on],
        filter=[models.LifeEffect.happened_on])  # fmt: skip
class LifeEffect:
    """What one event changed of one resident, or of one household."""

    resident: Resident | None = one()
    """Of which resident; null where it is about a household."""
    household: Household | None = one()
    """Of which household; null where it is about a resident."""
    event: LifeEvent | None = one()
    """By which event."""
    happened_on: date
    """From which day on."""
    changes: Json = computed(shown_changes, needs=[models.LifeEffect.village_id, models.LifeEffect.changes])
    """The new values by field, as `ResidentState` and `HouseholdMember` name them; `hamletId` and
    `householdId` are ids. `staysIn` beside `relationship` is the household that was not left.
    """


@entity(models.ResidentPeriod,
        read=[within("resident.read", hamlet=models.ResidentPeriod.hamlet_id),
              own_household(models.ResidentPeriod.resident_id)])  # fmt: skip
class ResidentState:
    """What a resident was, for as long as it stayed the same."""

    resident: Resident | None = one()
    """Who."""
    since: date
    """The first day."""
    until: date | None
    """The last day; null while it lasts."""
    status: ResidentStatus
    """Alive, dead, moved, missing, gone; or not valid."""
    hamlet: Hamlet | None = one()
    """The hamlet the person lived in."""
    residency: Residency
    """Permanent or temporary resident."""
    marital_status: MaritalStatus | None
    """Marital status."""
    education: Education | None
    """Highest education."""
    occupation: Occupation | None
    """Occupation."""


@entity(models.HouseholdPeriod,
        read=[within("village.read", hamlet=models.HouseholdPeriod.hamlet_id),
              own_household(models.HouseholdPeriod.household_id)])  # fmt: skip
class HouseholdState:
    """How many belonged to a household and in which hamlet it was, for as long as both stayed the same."""

    household: Household | None = one()
    """Which household."""
    since: date
    """The first day."""
    until: date | None
    """The last day; null while it lasts."""
    hamlet: Hamlet | None = one()
    """The hamlet it was in."""
    members: int
    """How many belonged to it."""


@entity(models.OutgoingTransfer, read=[within("resident.transfer")],
        order=[models.OutgoingTransfer.proposed_at],
        filter=[models.OutgoingTransfer.proposed_at, models.OutgoingTransfer.state])  # fmt: skip
class OutgoingTransfer:
    """Residents who go to another village of this deployment, as their old village sees it."""

    target: Village | None = one((models.OutgoingTransfer.other_village_id, VillageRow.id))
    """The village to which they go."""
    state: TransferState
    """How far it has come."""
    happened_on: date
    """The day from which they live there."""
    proposed_at: datetime
    """When it was proposed."""
    proposed_by: str = column(models.OutgoingTransfer.proposed_by_label)
    """Who proposed it: the label that the actor had then."""
    ended_at: datetime | None
    """When it was accepted, refused or withdrawn."""
    reason: str | None
    """Why it was refused or withdrawn."""
    document: str | None
    """The number of the letter that proves it."""
    note: str | None = column(models.OutgoingTransfer.note, needs="resident.sensitive.read")
    """What else the office noted."""
    proof: File | None = one()
    """The file that proves it."""
    persons: list[OutgoingPerson] | None = many(order=models.OutgoingPerson.number)
    """Who goes, the one first whom it is about."""
    event: LifeEvent | None = one()
    """By which they left; null until it is accepted."""


@entity(models.OutgoingPerson, read=[within("resident.transfer")])
class OutgoingPerson:
    """One of those who go."""

    resident: Resident | None = one()
    """Who."""


@entity(models.IncomingTransfer, read=[within("resident.transfer")],
        order=[models.IncomingTransfer.proposed_at],
        filter=[models.IncomingTransfer.proposed_at, models.IncomingTransfer.state])  # fmt: skip
class IncomingTransfer:
    """Residents who come from another village of this deployment, as their new village sees it."""

    source: Village | None = one((models.IncomingTransfer.other_village_id, VillageRow.id))
    """The village from which they come."""
    state: TransferState
    """How far it has come."""
    happened_on: date
    """The day from which they live here."""
    proposed_at: datetime
    """When it was proposed."""
    ended_at: datetime | None
    """When it was accepted, refused or withdrawn."""
    ended_by: str | None = column(models.IncomingTransfer.ended_by_label)
    """Who of this office accepted or refused it: the label that the actor had then."""
    reason: str | None
    """Why it was refused or withdrawn."""
    persons: list[IncomingPerson] | None = many(order=models.IncomingPerson.number)
    """Who comes, the one first whom it is about."""
    event: LifeEvent | None = one()
    """By which they came; null until it is accepted."""


@entity(models.IncomingPerson, read=[within("resident.transfer")])
class IncomingPerson:
    """One of those who come. Name, sex, birth date and relationship are there while the office has not
    answered, and forgotten then: who was accepted has a record.
    """

    full_name: str | None
    """The one full name."""
    sex: Sex | None
    """Sex."""
    birth_date: date | None
    """Date of birth."""
    relationship: FamilyRelationship | None
    """What the person is in the household that is left."""
    resident: Resident | None = one()
    """The record in this village; null until the transfer is accepted."""


@entity(models.ResidentDuplicate, read=[within("resident.merge")],
        order=[models.ResidentDuplicate.weight, models.ResidentDuplicate.found_at],
        filter=[models.ResidentDuplicate.state, models.ResidentDuplicate.found_at])  # fmt: skip
class ResidentDuplicate:
    """Two records that may be one person. They are looked for at each registration and every night."""

    first: Resident | None = one(via=models.ResidentDuplicate.first_id)
    """The older record."""
    second: Resident | None = one(via=models.ResidentDuplicate.second_id)
    """The younger record."""
    rule: DuplicateRule
    """Why they may be one."""
    weight: int
    """How likely it is, from 1 to 100: an order in which to look, and no probability."""
    state: DuplicateState
    """What became of it."""
    found_at: datetime
    """When it was found."""
    judged_at: datetime | None
    """When it was dismissed, or the two were merged."""
    judged_by: str | None = column(models.ResidentDuplicate.judged_by_label)
    """Who did that: the label that the actor had then."""
    note: str | None
    """How it was known that they are two."""


@entity(models.ResidentCorrection,
        read=[within(CORRECT), oneself(models.ResidentCorrection.resident_id)],
        order=[models.ResidentCorrection.due_at],
        filter=[models.ResidentCorrection.state, models.ResidentCorrection.due_at])  # fmt: skip
class ResidentCorrection:
    """New values for what identifies a resident: one proposes them with a proof, another decides."""

    resident: Resident | None = one()
    """Whose values they are."""
    state: CorrectionState
    """How far it has come."""
    changes: Json = computed(shown_values, needs=[models.ResidentCorrection.changes,
                                                  models.ResidentCorrection.nik_masked])  # fmt: skip
    """The new values by the names of `Resident`; of a NIK the last four digits."""
    former: Json = computed(shown_former, needs=[models.ResidentCorrection.former,
                                                 models.ResidentCorrection.nik_masked,
                                                 models.ResidentCorrection.former_nik_masked])  # fmt: skip
    """The values that they replace, or would."""
    reason: str
    """Why."""
    proof: File | None = one()
    """The file that proves it."""
    proposed_at: datetime
    """When it was proposed."""
    proposed_by: str = column(models.ResidentCorrection.proposed_by_label)
    """Who proposed it: the label that the actor had then."""
    due_at: datetime
    """Until when the office means to decide it; nothing happens by itself then."""
    decided_at: datetime | None
    """When it was approved, rejected or withdrawn."""
    decided_by: str | None = column(models.ResidentCorrection.decided_by_label)
    """Who did that: the label that the actor had then."""
    decision_note: str | None
    """What was said with it."""


TYPES = (
    Region, VillageTerms, VillageProgram, ProgramSetup, Village, Hamlet, HamletHead, Household,
    HouseholdNumber, HouseholdMember, Resident, File, Message, LifeEvent, LifeEffect, ResidentState,
    HouseholdState, OutgoingTransfer, OutgoingPerson, IncomingTransfer, IncomingPerson, ResidentDuplicate,
    ResidentCorrection, ResidentDetails, ResidentSource, *JOB_TYPES, *TASK_TYPES, *STATISTIC_TYPES,
)  # fmt: skip
