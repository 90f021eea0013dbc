"""Tables of the registry, and those of the house below that its types show."""

from __future__ import annotations

from ...store.jobs import Job, JobOutcome, JobRun
from ...store.places import ProgramSettings, Region, Village, VillageProgram
from .files import File, FileAddress, FileRemoval, FileState, FileUse
from .life import HouseholdPeriod, LifeEffect, LifeEvent, ResidentPeriod
from .messages import Message, MessageDelivery, MessageOutcome
from .people import Hamlet, HamletHead, Household, HouseholdMember, HouseholdNumber, Resident
from .statistics import KeptMonth, MonthTotal

MODELS = (
    Hamlet, Household, HouseholdNumber, Resident, HouseholdMember, HamletHead, File, FileAddress, FileRemoval,
    Message, MessageDelivery, LifeEvent, LifeEffect, ResidentPeriod, HouseholdPeriod,
    KeptMonth, MonthTotal,
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
    "KeptMonth",
    "LifeEffect",
    "LifeEvent",
    "Message",
    "MessageDelivery",
    "MessageOutcome",
    "MonthTotal",
    "ProgramSettings",
    "Region",
    "Resident",
    "ResidentPeriod",
    "Village",
    "VillageProgram",
]
