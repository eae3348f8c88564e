"""Where the desk is served: the socket, and the address that browsers know it by."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from dispatch.inputs import validation
from models.errors import InvalidInput, Refused

USUAL_PORTS = {"http": 80, "https": 443}
EXAMPLE = "--public https://desk.example"


@dataclass(frozen=True)
class Public:
    """The address that browsers know the desk by: ``https://desk.example`` or ``http://127.0.0.1:8080``."""

    scheme: str
    host: str
    """With the port, unless it is the scheme's own: as browsers write it into Host."""

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def is_encrypted(self) -> bool:
        return self.scheme == "https"

    @property
    def socket_origin(self) -> str:
        return f"{'wss' if self.is_encrypted else 'ws'}://{self.host}"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections. Raises InvalidInput and Refused."""
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family)
    except (socket.gaierror, UnicodeError) as error:
        problem = f"{validation.excerpt(host)} is no address of this machine"
        raise InvalidInput("host", problem, "like 127.0.0.1") from error
    except OSError as error:
        raise _not_listening(host, port, error) from error


def _not_listening(host: str, port: int, error: OSError) -> InvalidInput | Refused:
    if error.errno == errno.EADDRINUSE:
        return Refused("port_taken", f"Port {port} of {host} is taken", "--port names another")
    if error.errno == errno.EADDRNOTAVAIL:
        problem = f"{validation.excerpt(host)} is no address of this machine"
        return InvalidInput("host", problem, "like 127.0.0.1")
    problem = f"Cannot listen on port {port} of {host}: {error.strerror}"
    return Refused("port_refused", problem, "--port names another")


def public_address(given: str | None, host: str, listening: socket.socket) -> Public:
    """Return the public address: as ``given``, else that of the socket, if only this machine reaches it.

    Raises InvalidInput for what is no address, and Refused if others could read what passes.
    """
    is_private = ip_address(listening.getsockname()[0]).is_loopback
    if given is not None:
        public = _parsed(given)
        if public.is_encrypted or (is_private and _is_loopback(public)):
            return public
        raise _unencrypted(public.origin)
    if is_private:
        return _written("http", host, listening.getsockname()[1])
    raise _unencrypted(host)


def _unencrypted(what: str) -> Refused:
    problem = f"Others could read what passes to {what}: beyond this machine the desk needs TLS"
    return Refused("not_encrypted", problem, f"{EXAMPLE}, behind a proxy (docs/browser.md)")


def _parsed(given: str) -> Public:
    try:
        parts = urlsplit(given.strip())
        if parts.scheme in USUAL_PORTS and parts.hostname and not _has_more(parts):
            port = parts.port or USUAL_PORTS[parts.scheme]
            return _written(parts.scheme, parts.hostname, port)
    except ValueError:  # a port or an address that is none, or a name that cannot be one
        pass
    what = "this" if "@" in given else validation.excerpt(given)  # a password is not repeated
    problem = f"{what} is not the address of a desk: a scheme and a host, and no more"
    raise InvalidInput("public", problem, "like https://desk.example")


def _has_more(parts: SplitResult) -> bool:
    return bool(parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)


def _written(scheme: str, host: str, port: int) -> Public:
    name = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()
    return Public(scheme, name if port == USUAL_PORTS[scheme] else f"{name}:{port}")


def _is_loopback(public: Public) -> bool:
    name = urlsplit(public.origin).hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
