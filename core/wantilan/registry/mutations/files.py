"""Asking for the address at which a content is brought or fetched. The bytes go by `/files`."""

from __future__ import annotations

from ...errors import Forbidden, NotFound, Text
from ...graph.context import Info
from ...graph.declare import ref
from ...graph.judge import Judge
from ...graph.mutation import mutation
from ...programs.host import Host
from ...settings import Settings
from ...store.ids import uuid7
from .. import models
from ..file_types import (
    RequestDownloadInput,
    RequestDownloadPayload,
    RequestUploadInput,
    RequestUploadPayload,
)
from ..files.addresses import new_address
from ..files.rules import known_actor, reads_file
from ..files.writers import refuse_unless_writer
from ..types import File

UNKNOWN_KIND = Text("Tidak ada jenis berkas ini.", "There is no such kind of file.")


@mutation(needs=known_actor())
async def request_upload(info: Info, input: RequestUploadInput) -> RequestUploadPayload:
    """Ask for a one-time address to which the content of a new file is PUT.

    Needs what the kind asks of whoever uploads. A file that nothing takes within a day is removed.
    """
    judge = Judge(input)
    found = info.context.service(Host).files.get(input.kind)
    if found is None:
        judge.refuse("kind", "UNKNOWN_KIND", UNKNOWN_KIND)
    judge.check()
    assert found is not None
    program, kind = found
    if not any(rule.applies(info.context.actor) for rule in kind.writers):
        raise Forbidden(" or ".join(map(str, kind.writers)))
    async with info.context.write(input.village_code) as unit:
        await refuse_unless_writer(unit, program, kind)
        file = models.File(
            village_id=unit.village.id,
            id=uuid7(),
            kind=kind.name,
            program=None if program.core else program.name,
            opens=kind.read,
            household=kind.household,
            state=models.FileState.EXPECTED,
            uploaded_by=unit.actor_id,
            created_at=unit.now,
        )
        await unit.add(file)
        files = info.context.service(Settings).files
        address, url = await new_address(unit, file, models.FileUse.UPLOAD, files)
    return RequestUploadPayload(
        file=ref(File, file), upload_url=url, most_bytes=kind.most_bytes, expires_at=address.expires_at
    )


@mutation(needs=reads_file())
async def request_download(info: Info, input: RequestDownloadInput) -> RequestDownloadPayload:
    """Ask for a one-time address from which the content of a file is fetched. Needs to read the file."""
    judge = Judge(input)
    key = judge.key(File, "file_id")
    judge.check()
    assert key is not None
    async with info.context.write(key.village_id) as unit:
        file = await unit.target(models.File, key.id)
        if file.place is None:
            raise NotFound
        files = info.context.service(Settings).files
        address, url = await new_address(unit, file, models.FileUse.DOWNLOAD, files)
    return RequestDownloadPayload(file=ref(File, file), download_url=url, expires_at=address.expires_at)
