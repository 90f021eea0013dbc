"""Having a job done now."""

from __future__ import annotations

from ...errors import NotFound, ProgramNotEnabled
from ...graph.context import Info
from ...graph.declare import input, payload, ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...graph.scalars import RegionCode
from ...programs.runner import Runner
from ...store.jobs import Job
from ..job_types import VillageJob
from ..types import Village


@input
class RunJobInput:
    """Which job is to run, and where."""

    village_code: RegionCode
    """The village."""
    name: str
    """The job's name, as `village { jobs { name } }` lists it."""


@payload
class RunJobPayload:
    """A job that is due."""

    job: VillageJob | None
    """The job; null for those who may not see jobs."""
    village: Village
    """The village, for reading its jobs again."""
    changed: bool
    """False when it was due or running already."""


@mutation(needs="program.manage")
async def run_job(info: Info, input: RunJobInput) -> RunJobPayload:
    """Have a job of a village run now, beside its schedule."""
    Judge(input).check()
    async with info.context.write(input.village_code) as unit:
        job = await unit.first(Job, Job.name == input.name, lock=True)
        if job is None:
            raise NotFound
        if job.paused:
            raise ProgramNotEnabled(job.program, [unit.village.code])
        changed = job.due_at > unit.now and job.started_at is None
        if changed:
            job.due_at = unit.now
            await unit.flush()
        village = await unit.own_village()
    info.context.after_commit(info.context.service(Runner).wake)
    return RunJobPayload(job=ref(VillageJob, job), village=ref(Village, village), changed=changed)


MUTATIONS = (run_job,)
