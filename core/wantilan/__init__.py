"""All that a program author may import. Nothing else is API."""

from .access.permissions import Permission, PlaceKind, Role
from .access.rules import everyone, own_village
from .errors import (
    BadUserInput,
    Conflict,
    DeclarationError,
    FieldFault,
    Forbidden,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    Refusal,
    RuleViolated,
    Text,
    WantilanError,
)
from .graph.context import Info, WriteUnit
from .graph.declare import (
    aggregate,
    column,
    computed,
    connection,
    count,
    count_of,
    derived,
    door,
    entity,
    expression,
    figures,
    first_day,
    follow,
    group,
    group_of,
    id_of,
    input,
    interface,
    last_day,
    many,
    one,
    payload,
    period,
    ref,
    root,
    subscription,
    sum_of,
    summary,
    total,
    union,
)
from .graph.filters import by
from .graph.judge import Judge
from .graph.mutation import mutation
from .graph.notices import Notice
from .graph.points import point
from .graph.relay import Connection, Node
from .graph.scalars import GeoJSONPoint, Json, Month, Nik, RegionCode, Url
from .graph.sources import Row, Tokens
from .programs.duties.tables import export_tables, import_tables, purge_tables
from .programs.endpoint import Endpoint, EndpointAnswer, EndpointRequest
from .programs.files import PICTURES, FileKind, FileType
from .programs.hookspecs import hookimpl, hookspec
from .programs.job import Job
from .programs.manifest import Event, Program
from .programs.messages import MessageTemplate
from .programs.run import Run, TaskRun
from .programs.setups.judging import read_setup
from .programs.starting import start_task
from .programs.task import Task
from .programs.values import (
    Begin,
    Deployment,
    Finding,
    Happening,
    Holder,
    Kept,
    Message,
    Record,
    ResidentFacts,
    Severity,
)
from .registry import models as tables
from .registry.codes import FamilyRelationship, ResidentStatus
from .registry.duties.persons import forget_resident, resident_rows
from .registry.files.making import keep_file
from .registry.files.taking import drop_file, take_file
from .registry.holders import find_holder
from .registry.messages.notifying import notify
from .registry.reading import oneself, own_household, within
from .registry.spelling import beginnings, search_words
from .registry.task_types import VillageTask
from .registry.types import File, Hamlet, Household, Region, Resident, Village
from .store.codes import new_code, read_code
from .store.folding import sort_key
from .store.ids import uuid7
from .store.rollups import rollup
from .store.tables import PublishedTable, VillageTable, reference
from .store.travel import hash_of, staying
from .store.types import Grams, GramsChange, Rupiah, RupiahChange
from .store.village_settings import VillageSettings
from .store.write import Unit, VillageFacts

__all__ = [
    "PICTURES",
    "BadUserInput",
    "Begin",
    "Conflict",
    "Connection",
    "DeclarationError",
    "Deployment",
    "Endpoint",
    "EndpointAnswer",
    "EndpointRequest",
    "Event",
    "FamilyRelationship",
    "FieldFault",
    "File",
    "FileKind",
    "FileType",
    "Finding",
    "Forbidden",
    "GeoJSONPoint",
    "Grams",
    "GramsChange",
    "Hamlet",
    "Happening",
    "Holder",
    "Household",
    "Info",
    "InvalidTransition",
    "Job",
    "Json",
    "Judge",
    "Kept",
    "LimitExceeded",
    "Message",
    "MessageTemplate",
    "Month",
    "Nik",
    "Node",
    "NotFound",
    "Notice",
    "Permission",
    "PlaceKind",
    "Program",
    "PublishedTable",
    "Record",
    "Refusal",
    "Region",
    "RegionCode",
    "Resident",
    "ResidentFacts",
    "ResidentStatus",
    "Role",
    "Row",
    "RuleViolated",
    "Run",
    "Rupiah",
    "RupiahChange",
    "Severity",
    "Task",
    "TaskRun",
    "Text",
    "Tokens",
    "Unit",
    "Url",
    "Village",
    "VillageFacts",
    "VillageSettings",
    "VillageTable",
    "VillageTask",
    "WantilanError",
    "WriteUnit",
    "aggregate",
    "beginnings",
    "by",
    "column",
    "computed",
    "connection",
    "count",
    "count_of",
    "derived",
    "door",
    "drop_file",
    "entity",
    "everyone",
    "export_tables",
    "expression",
    "figures",
    "find_holder",
    "first_day",
    "follow",
    "forget_resident",
    "group",
    "group_of",
    "hash_of",
    "hookimpl",
    "hookspec",
    "id_of",
    "import_tables",
    "input",
    "interface",
    "keep_file",
    "last_day",
    "many",
    "mutation",
    "new_code",
    "notify",
    "one",
    "oneself",
    "own_household",
    "own_village",
    "payload",
    "period",
    "point",
    "purge_tables",
    "read_code",
    "read_setup",
    "ref",
    "reference",
    "resident_rows",
    "rollup",
    "root",
    "search_words",
    "sort_key",
    "start_task",
    "staying",
    "subscription",
    "sum_of",
    "summary",
    "tables",
    "take_file",
    "total",
    "union",
    "uuid7",
    "within",
]
