"""Tables of the registry, and those of the house below that its types show."""

from __future__ import annotations

from ...store.jobs import Job, JobOutcome, JobRun
from ...store.places import ProgramSettings, Region, Village, VillageProgram
from ...store.tasks import Task, TaskState
from .corrections import CorrectionState, ResidentCorrection
from .files import File, FileAddress, FileRemoval, FileState, FileUse
from .life import HouseholdPeriod, LifeEffect, LifeEvent, ResidentPeriod
from .messages import Message, MessageDelivery, MessageOutcome
from .people import Hamlet, HamletHead, Household, HouseholdMember, HouseholdNumber, Resident, ResidentToken

MODELS = (
    Hamlet, Household, HouseholdNumber, Resident, ResidentToken, HouseholdMember, HamletHead, File,
    FileAddress, FileRemoval, Message, MessageDelivery, LifeEvent, LifeEffect, ResidentPeriod,
    HouseholdPeriod, ResidentCorrection,
)  # fmt: skip

__all__ = [
    "MODELS",
    "CorrectionState",
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
    "Region",
    "Resident",
    "ResidentCorrection",
    "ResidentPeriod",
    "ResidentToken",
    "Task",
    "TaskState",
    "Village",
    "VillageProgram",
]
