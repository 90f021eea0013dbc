"""`wantilan serve`: one process that answers at /graphql until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click
import uvicorn

from ..errors import ConfigurationError
from ..programs.host import Host
from ..settings import Settings
from ..store.database import Database
from ..web.application import Application, application, host_of
from ..web.websocket import WebSocket
from .deployment import require_keys, require_migrated, say_left_out
from .readiness import without_wall

LEVELS = ("debug", "info", "warning", "error")
STOP_SECONDS = 10
_FEED = re.compile(r"(/feeds/).+", re.IGNORECASE)
STALLED_SECONDS = 90
"""Who takes nothing of what was sent for so long has no connection any more."""


@click.command()
@click.option(
    "--host",
    "address",
    metavar="ADDRESS",
    help="Address to listen at.  [default: WANTILAN_HOST or 127.0.0.1]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port, 0 for any free one.  [default: WANTILAN_PORT or 8000]",
)
@click.option("--strict", is_flag=True, help="Do not start when an installed program cannot be loaded.")
@click.option(
    "--log-level", type=click.Choice(LEVELS), default="info", show_default=True, help="How much to log."
)
@click.option(
    "--access-log", is_flag=True, help="Log each request's method, path and status; never what was asked."
)
def serve(address: str | None, port: int | None, strict: bool, log_level: str, access_log: bool) -> None:
    """Serve the API.

    At /graphql, with GraphiQL there, and /livez, /readyz and /schema.graphql.

    Refuses to start without keys, on a database that is not migrated, and on PostgreSQL with a role that the
    row-level wall does not hold. Ctrl-C or SIGTERM stop it when the running requests are answered.

    \b
    Examples:
      wantilan serve
      wantilan serve --host 0.0.0.0 --port 8080 --strict
    """
    settings = Settings.load(**({"strict": True} if strict else {}))
    require_keys(settings)
    host = host_of(settings)
    say_left_out(host)
    asyncio.run(require_ready(settings, host))
    serve_until_stopped(
        application(settings, host),
        address or settings.host,
        settings.port if port is None else port,
        log_level=log_level,
        access_log=access_log,
    )


async def require_ready(settings: Settings, host: Host) -> None:
    """Raises ConfigurationError: the database is away or not migrated, or its role stands above the wall."""
    async with Database.of(settings) as database:
        await require_migrated(database, host)
        if database.dialect != "postgresql":
            return
        async with database.looking.connect() as connection:
            role = database.url.username or ""
            fault = await connection.run_sync(without_wall, role)
    if fault is not None:
        raise ConfigurationError(f"The wall does not hold: {fault}.")


def serve_until_stopped(
    served: Application,
    address: str,
    port: int,
    *,
    log_level: str = "info",
    access_log: bool = False,
    ready: Callable[[str], None] = lambda url: click.echo(
        f"Wantilan answers at {url}/graphql (Ctrl-C stops it)."
    ),
) -> None:
    """Run the server in this process. `ready` is called once, with the address, when it answers.

    Raises ConfigurationError when the port cannot be had, ClickException when the application does not start.
    """
    listening = _listening(address, port)
    config = server_config(served, log_level=log_level, access_log=access_log)
    shown = f"[{address}]" if ":" in address else address
    server = Server(config, lambda: ready(f"http://{shown}:{listening.getsockname()[1]}"), served.hub.stop)
    # uvicorn gives a signal back when it has stopped; to be stopped is no failure.
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
    if not server.started:
        raise click.ClickException("The server did not start; the log says why.")


def server_config(served: Application, *, log_level: str, access_log: bool = False) -> uvicorn.Config:
    """How uvicorn serves us. A socket's message is as long as a body at most, and is never unpacked."""
    return uvicorn.Config(
        served.asgi(),
        log_config=logging_config(log_level),
        access_log=access_log,
        lifespan="on",
        server_header=False,
        ws=WebSocket,
        ws_max_size=served.settings.limits.body_bytes,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


class Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], leave: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self.ready, self.leave = ready, leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.leave()  # else uvicorn closes them with another code
        await super().shutdown(sockets)


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # For the connections made from it. An event stream that was given up waits until its buffer is empty.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_SECONDS * 1000)
    try:
        made.bind((address, port))
    except OSError as error:
        made.close()
        raise ConfigurationError(
            f"Port {port} of {address} cannot be had ({error.strerror}). Choose another with --port."
        ) from error
    return made


def logging_config(level: str) -> dict[str, Any]:
    """Lines on stderr. uvicorn speaks from warnings on: what it tells at the start, we say in one line. It is
    never debugged here: it would print what goes over sockets, tokens too.
    """
    quiet = "INFO" if level == "debug" else max("WARNING", level.upper(), key=logging.getLevelName)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "filters": {"path_only": {"()": PathOnly}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {
            "wantilan": {"handlers": ["stderr"], "level": level.upper(), "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": quiet, "propagate": False},
            "uvicorn.error": {"level": quiet, "filters": ["path_only"]},
            "uvicorn.access": {
                "handlers": ["stderr"], "level": "INFO", "propagate": False, "filters": ["path_only"],
            },
        },
    }  # fmt: skip


class PathOnly(logging.Filter):
    """Cuts the query string off a line: a GET carries the question and its variables there; and what stands
    behind `/feeds/`, where an address is a secret. That a client sent what is no text is no failure of ours,
    and no traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _path(argument) if isinstance(argument, str) and argument[:1] == "/" else argument
                for argument in record.args
            )
        if record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError):
            record.exc_info = None
        return True


def _path(text: str) -> str:
    return _FEED.sub(r"\1…", text.partition("?")[0])
