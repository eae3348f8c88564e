"""PgBouncer in front of a test's server, with a connection of its own for each transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from tests.server import NOBODY, SUPERUSER, Server

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE_S = 20
PORT = 6432


class Pooler:
    """A running pooler of a server, with at most ``size`` connections for a database."""

    def __init__(self, server: Server, size: int = 3) -> None:
        self._server = server
        self.folder = Path(tempfile.mkdtemp(prefix="astra-pool-"))
        (self.folder / "users").write_text(f'"{SUPERUSER}" ""\n')
        (self.folder / "ini").write_text(
            f"[databases]\n* = host={server.folder}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\n"
            f"unix_socket_dir = {self.folder}\nauth_type = trust\nauth_file = {self.folder}/users\n"
            f"pool_mode = transaction\ndefault_pool_size = {size}\nmax_client_conn = 100\n"
        )
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": ()}
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, NOBODY, NOBODY)
        assert PROGRAM is not None
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen((PROGRAM, self.folder / "ini"), stdout=log, stderr=log, **user)

    def url(self, database: str) -> str:
        """The address of a database behind the pooler, as for ``--db``."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}&port={PORT}"

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_S
        while not (self.folder / f".s.PGSQL.{PORT}").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        shutil.rmtree(self.folder, ignore_errors=True)
