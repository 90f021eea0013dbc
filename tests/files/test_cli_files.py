"""`wantilan files`: sweeping, and finding what does not fit together."""

from __future__ import annotations

import asyncio

from tests.core.shell import Shell
from tests.files.scene import Scene, photo

from wantilan.registry.files.taking import drop_file
from wantilan.testing import BENGKEL


async def test_the_commands_sweep_and_check(scene: Scene, wantilan_database_url: str) -> None:
    shell, run = Shell(wantilan_database_url), asyncio.to_thread
    shell.env |= {"WANTILAN_FILES_FOLDER": str(scene.contents.incoming.parent)}
    await scene.uploaded(photo())
    (lost,) = await scene.lying()
    await scene.uploaded(photo())
    dropped = next(row for row in await scene.files() if row.place != lost)
    async with scene.world.unit(BENGKEL) as unit:
        await drop_file(unit, dropped.id)
    assert "Every file has its content" in await run(shell.done, "files", "check")
    assert await run(shell.done, "files", "sweep") == "0 files swept, 1 content removed.\n"
    assert await scene.lying() == [lost]
    await scene.contents.remove(lost)
    failed = await run(shell, "files", "check")
    assert failed.exit_code == 1 and f"MISSING  {lost}" in failed.stdout
