"""The registry: villages and residents. Built in, and built like any other program, but without door and
prefix.
"""

from __future__ import annotations

from ..access.tables import AccessVersion, ActorRow, RoleGrant, Token
from ..errors import Text
from ..programs.hookspecs import hookimpl
from ..programs.manifest import Event, Program
from ..store.cursors import EventCursor
from ..store.jobs import MODELS as JOB_MODELS
from ..store.outbox import Event as EventRow
from ..store.outbox import Idempotency, OutboxHead
from ..store.places import ProgramSettings, Region, Village, VillageProgram
from ..store.tasks import MODELS as TASK_MODELS
from . import mutations, permissions, queries, types
from .file_kinds import FILE_KINDS
from .jobs import JOBS
from .models import MODELS
from .sheet.tasks import TASKS

STORE = (Region, Village, VillageProgram, ProgramSettings, EventRow, OutboxHead, EventCursor, Idempotency)


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="registry",
        title=Text("Registri", "Registry"),
        summary=Text("Desa, banjar, keluarga dan penduduk.", "Villages, hamlets, households and residents."),
        version="0.1.0",
        api=">=0.1,<0.2",
        core=True,
        models=(*STORE, AccessVersion, ActorRow, RoleGrant, Token, *JOB_MODELS, *TASK_MODELS, *MODELS),
        types=(*types.TYPES, *queries.TYPES),
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan.registry.migrations",
        events=(
            Event("resident_registered", Text("Penduduk didaftarkan.", "A resident was registered.")),
            Event("resident_changed", Text("Data penduduk berubah.", "What is known of a resident changed.")),
            Event("resident_left", Text("Penduduk meninggal, pindah atau pergi.", "A resident left.")),
            Event("message_sent", Text("Penduduk diberi tahu.", "A resident was told something.")),
            Event("village_enabled", Text("Program diaktifkan.", "A program was enabled.")),
            Event("village_disabled", Text("Program dinonaktifkan.", "A program was disabled.")),
            Event("program_configured", Text("Program diatur.", "A program was configured.")),
            Event("job_progressed", Text("Pekerjaan maju selangkah.", "A job has come a step further.")),
            Event("task_started", Text("Tugas diminta.", "A task was asked for.")),
            Event("task_progressed", Text("Tugas maju selangkah.", "A task has come further, or ended.")),
        ),
        files=FILE_KINDS,
        jobs=JOBS,
        tasks=TASKS,
    )
