"""The waste program: from the house to the TPS3R to the report."""

from __future__ import annotations

from wantilan import Event, Program, Text, hookimpl

from . import files, messages, mutations, permissions, types
from .demo import demo
from .jobs import JOBS, NO_INTAKE
from .models import MODELS, ROLLUPS
from .settings import WasteSettings


@hookimpl
def wantilan_program() -> Program:
    return Program(
        name="waste",
        title=Text("Sampah (SIMASA)", "Waste (SIMASA)"),
        summary=Text("Sampah dari sumbernya sampai TPS3R.", "Waste from its source to the TPS3R."),
        version="0.1.0",
        api=">=0.1,<0.2",
        settings=WasteSettings,
        models=MODELS,
        rollups=ROLLUPS,
        types=types.TYPES,
        mutations=mutations.MUTATIONS,
        permissions=permissions.PERMISSIONS,
        roles=permissions.ROLES,
        migrations="wantilan_waste.migrations",
        events=(
            Event("waste.intake_recorded", Text("Penimbangan dicatat.", "A weighing was recorded.")),
            Event(NO_INTAKE, Text("Kemarin tidak ada penimbangan.", "Nothing was weighed yesterday.")),
        ),
        messages=messages.TEMPLATES,
        files=files.KINDS,
        jobs=JOBS,
        demo=demo,
    )
