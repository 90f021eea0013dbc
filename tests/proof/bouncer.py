"""pgbouncer in transaction mode, for as long as a block runs. Debian's package is enough."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wantilan.errors import ConfigurationError
from wantilan.testing import PostgresServer

INSTALL = "pgbouncer is not installed. On Debian: apt-get update && apt-get install -y pgbouncer"
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 500
query_wait_timeout = 60
logfile = {folder}/log
pidfile = {folder}/pid
"""


@dataclass(frozen=True)
class Bouncer:
    port: int

    def url(self, database: str, role: str = "wantilan_app") -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"


def program() -> str:
    """Where pgbouncer is; root installs it. Raises ConfigurationError with what to type."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "pgbouncer"]):
            subprocess.run(command, capture_output=True, check=False)
        found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if found is None:
        raise ConfigurationError(INSTALL)
    return found


@contextmanager
def bouncer(server: PostgresServer, *, sessions: int) -> Iterator[Bouncer]:
    """In front of every database of the server, with so many sessions for each database and role."""
    path = program()
    with tempfile.TemporaryDirectory(prefix="wantilan-bouncer-") as name:
        folder = Path(name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        (folder / "users").write_text('"wantilan_app" ""\n')
        text = CONFIGURATION.format(server=server.port, port=port, folder=folder, sessions=sessions)
        (folder / "ini").write_text(text)
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if nobody is not None:  # it refuses to run as root
            for one in (folder, *folder.iterdir()):
                os.chown(one, nobody.pw_uid, nobody.pw_gid)
        process = subprocess.Popen(
            [path, str(folder / "ini")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=nobody.pw_uid if nobody else None,
            group=nobody.pw_gid if nobody else None,
            extra_groups=[] if nobody else None,
        )
        try:
            _wait_until_it_listens(process, port, folder)
            yield Bouncer(port)
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    log = folder / "log"
    raise ConfigurationError(f"pgbouncer did not start. {log.read_text()[-500:] if log.exists() else ''}")
