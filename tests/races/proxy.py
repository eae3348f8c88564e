"""A network between a client and a server that can stop, and be cut: a proxy on a socket of its own."""

from __future__ import annotations

import selectors
import socket
import threading
from pathlib import Path
from typing import Self

SOCKET = ".s.PGSQL.5432"
CHUNK, LOOK_S = 65_536, 0.01


class Proxy:
    """Forwards connections on a socket in ``folder`` to the one in another, from a thread of its own."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self._server = folder, server / SOCKET
        self._stands, self._is_over = threading.Event(), threading.Event()
        self._is_cut = threading.Event()
        self._is_cut.set()
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / SOCKET))
        self._door.listen()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._door.close()

    def stop(self) -> None:
        """Forward nothing from now on, in neither direction, and take no new connection."""
        self._stands.set()

    def cut(self) -> None:
        """End all connections, with what has not arrived, and go on with new ones."""
        self._is_cut.clear()
        self._stands.clear()
        self._is_cut.wait()

    def _run(self) -> None:
        pairs: dict[socket.socket, socket.socket] = {}
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._door, selectors.EVENT_READ)
            while not self._is_over.is_set():
                if not self._is_cut.is_set():
                    self._drop(waiting, pairs, *pairs)
                    self._is_cut.set()
                if self._stands.is_set():
                    self._is_over.wait(LOOK_S)
                    continue
                for key, _ in waiting.select(LOOK_S):
                    found = key.fileobj
                    assert isinstance(found, socket.socket)
                    if found is self._door:
                        self._join(waiting, pairs)
                    elif found in pairs:
                        self._forward(waiting, pairs, found)
            self._drop(waiting, pairs, *pairs)

    def _join(self, waiting: selectors.BaseSelector, pairs: dict[socket.socket, socket.socket]) -> None:
        client, _ = self._door.accept()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self._server))
        except OSError:
            client.close()
            server.close()
            return
        pairs[client], pairs[server] = server, client
        for end in (client, server):
            waiting.register(end, selectors.EVENT_READ)

    def _forward(
        self,
        waiting: selectors.BaseSelector,
        pairs: dict[socket.socket, socket.socket],
        source: socket.socket,
    ) -> None:
        try:
            data = source.recv(CHUNK)
            if data:
                pairs[source].sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(waiting, pairs, source)

    def _drop(
        self, waiting: selectors.BaseSelector, pairs: dict[socket.socket, socket.socket], *ends: socket.socket
    ) -> None:
        for end in ends:
            other = pairs.pop(end, None)
            if other is not None:
                waiting.unregister(end)
                end.close()
                self._drop(waiting, pairs, other)
