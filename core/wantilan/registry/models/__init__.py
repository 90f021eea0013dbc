"""Tables of the registry, and those of the house below that its types show."""

from __future__ import annotations

from ...store.jobs import Job, JobOutcome, JobRun
from ...store.places import ProgramSettings, Region, Village, VillageProgram
from ...store.tasks import Task, TaskState
from .files import File, FileAddress, FileRemoval, FileState, FileUse
from .life import HouseholdPeriod, LifeEffect, LifeEvent, ResidentPeriod
from .messages import Message, MessageDelivery, MessageOutcome
from .people import Hamlet, HamletHead, Household, HouseholdMember, HouseholdNumber, Resident
from .sheet import RecordSource, ResidentDetail, ResidentSource

MODELS = (
    Hamlet, Household, HouseholdNumber, Resident, HouseholdMember, HamletHead, File, FileAddress, FileRemoval,
    Message, MessageDelivery, LifeEvent, LifeEffect, ResidentPeriod, HouseholdPeriod,
    ResidentDetail, ResidentSource,
)  # fmt: skip

__all__ = [
    "MODELS",
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
    "Job",
    "JobOutcome",
    "JobRun",
    "LifeEffect",
    "LifeEvent",
    "Message",
    "MessageDelivery",
    "MessageOutcome",
    "ProgramSettings",
    "RecordSource",
    "Region",
    "Resident",
    "ResidentDetail",
    "ResidentPeriod",
    "ResidentSource",
    "Task",
    "TaskState",
    "Village",
    "VillageProgram",
]
