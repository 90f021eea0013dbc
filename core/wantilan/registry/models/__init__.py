"""Tables of the registry, and those of the house below that its types show."""

from __future__ import annotations

from ...store.jobs import Job, JobOutcome, JobRun
from ...store.places import ProgramSettings, ProgramSetup, Region, Village, VillageProgram
from ...store.tasks import Task, TaskState
from .corrections import CorrectionState, ResidentCorrection
from .duplicates import DuplicateRule, DuplicateState, ResidentDuplicate
from .files import File, FileAddress, FileRemoval, FileState, FileUse
from .life import HouseholdPeriod, LifeEffect, LifeEvent, ResidentPeriod
from .messages import Message, MessageDelivery, MessageOutcome
from .people import Hamlet, HamletHead, Household, HouseholdMember, HouseholdNumber, Resident, ResidentToken
from .sheet import RecordSource, ResidentDetail, ResidentSource
from .statistics import KeptMonth, MonthTotal
from .transfers import IncomingPerson, IncomingTransfer, OutgoingPerson, OutgoingTransfer, TransferState

MODELS = (
    Hamlet, Household, HouseholdNumber, Resident, ResidentToken, HouseholdMember, HamletHead, File,
    FileAddress, FileRemoval, Message, MessageDelivery, LifeEvent, LifeEffect, ResidentPeriod,
    HouseholdPeriod, OutgoingTransfer, OutgoingPerson, IncomingTransfer, IncomingPerson,
    ResidentDuplicate, ResidentCorrection, ResidentDetail, ResidentSource, KeptMonth, MonthTotal,
)  # fmt: skip

__all__ = [
    "MODELS",
    "CorrectionState",
    "DuplicateRule",
    "DuplicateState",
    "File",
    "FileAddress",
    "FileRemoval",
    "FileState",
    "FileUse",
    "Hamlet",
    "HamletHead",
    "Household",
    "HouseholdMember",
    "HouseholdNumber",
    "HouseholdPeriod",
    "IncomingPerson",
    "IncomingTransfer",
    "Job",
    "JobOutcome",
    "JobRun",
    "KeptMonth",
    "LifeEffect",
    "LifeEvent",
    "Message",
    "MessageDelivery",
    "MessageOutcome",
    "MonthTotal",
    "OutgoingPerson",
    "OutgoingTransfer",
    "ProgramSettings",
    "ProgramSetup",
    "RecordSource",
    "Region",
    "Resident",
    "ResidentCorrection",
    "ResidentDetail",
    "ResidentDuplicate",
    "ResidentPeriod",
    "ResidentSource",
    "ResidentToken",
    "Task",
    "TaskState",
    "TransferState",
    "Village",
    "VillageProgram",
]
