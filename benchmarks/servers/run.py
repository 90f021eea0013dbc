"""`python -m benchmarks.servers.run NAME`: one server in this process, on a free port that it prints.

The way `wantilan serve` runs it: one process of uvicorn, uvloop, httptools. BENCH_CORE pins it to a core.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import socket
import sys

import uvicorn

QUIET = {"version": 1, "disable_existing_loggers": False}


def main(name: str) -> None:
    core = os.environ.get("BENCH_CORE")
    if core:
        os.sched_setaffinity(0, {int(core)})
    module = importlib.import_module(f"benchmarks.servers.{name}")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        module.app, loop="uvloop", http="httptools", lifespan="on", access_log=False, log_level="warning",
        server_header=False, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)

    async def serve() -> None:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started and not running.done():
            await asyncio.sleep(0.01)
        print(listening.getsockname()[1] if server.started else "failed", flush=True)
        await running

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main(sys.argv[1])
