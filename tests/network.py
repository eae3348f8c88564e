"""A network between a client and a test's server; stopped, it carries nothing and says nothing."""

from __future__ import annotations

import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.server import SUPERUSER, Server

PORT = 5432
CHUNK = 65_536


class Network:
    """A socket that leads to a server's, for connections to be stopped or cut."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._folder = tempfile.TemporaryDirectory(prefix="astra-net-")
        self._goes = threading.Event()
        self._goes.set()
        self._open: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(Path(self._folder.name) / f".s.PGSQL.{PORT}"))
        self._listening.listen(50)

    def url(self, database: str) -> str:
        """The address of a database behind it, as for ``--db``."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self._folder.name}"

    def stop(self) -> None:
        """Carry nothing any more: what is sent is neither delivered nor refused."""
        self._goes.clear()

    def go_on(self) -> None:
        """Carry again, for new connections, and what has waited."""
        self._goes.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._goes.set()
        self._listening.close()
        for end in self._open:
            _close(end)
        self._folder.cleanup()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._server.folder / f".s.PGSQL.{PORT}"))
                self._open += (near, far)
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._goes.wait()
                target.sendall(data)
        self._goes.wait()
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
