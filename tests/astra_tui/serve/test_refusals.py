"""What astra serve refuses before it serves anything, each with its code and one line."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from astra_tui.serve.address import Public, public_address
from dispatch.desk.desk import Desk
from models.errors import DeskError
from tests.astra_tui.conftest import Run

pytestmark = pytest.mark.on_file

PUBLIC = "https://desk.example"


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["--host", "0.0.0.0"], "not_encrypted", 1),
        (["--public", "http://desk.example"], "not_encrypted", 1),
        (["--host", "0.0.0.0", "--public", "http://127.0.0.1"], "not_encrypted", 1),
        (["--public", PUBLIC], "open_desk", 1),
        (["--host", "0.0.0.0", "--public", PUBLIC], "open_desk", 1),
        (["--public", "desk.example"], "invalid_public", 2),
        (["--public", f"{PUBLIC}/desk"], "invalid_public", 2),
        (["--public", "https://anna:secret@desk.example"], "invalid_public", 2),
        (["--public", "https://desk.example:99999"], "invalid_public", 2),
        (["--public", "ftp://desk.example"], "invalid_public", 2),
        (["--host", "192.0.2.1"], "invalid_host", 2),
        (["--host", "no such host"], "invalid_host", 2),
        (["--most", "0"], "usage", 2),
        (["--port", "70000"], "usage", 2),
        (["--db", "missing.db"], "no_database", 3),
        (["--db", "postgresql://127.0.0.1/desk"], "served_server", 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_what_would_not_be_safe_is_not_served(
    astra: Run, arguments: list[str], code: str, exit_code: int
) -> None:
    port = [] if "--port" in arguments else ["--port", "0"]
    ended = astra("serve", *port, *arguments, "--json")
    assert (ended.error["code"], ended.code) == (code, exit_code)
    assert "secret" not in ended.out


def test_a_port_that_is_taken_is_named(astra: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = astra("serve", "--port", port)
    assert (ended.code, ended.err) == (
        1,
        f"Error: Port {port} of 127.0.0.1 is taken\nHint: --port names another\n",
    )


def test_nobody_acts_for_others_on_a_desk_with_users(astra: Run, closed: Desk) -> None:
    ended = astra("serve", "--port", 0, "--as", "kim", "--json")
    assert (ended.error["code"], ended.code) == ("actor_refused", 1)


@pytest.mark.parametrize("library", ["aiohttp", "textual_serve"])
def test_without_the_extra_it_says_what_to_install(
    astra: Run, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    ended = astra("serve", "--json")
    assert (ended.code, ended.error["code"]) == (3, "no_web")
    assert ended.error["hint"] == 'install it: pip install "astra-tui[web]"'


def test_other_commands_do_not_load_what_serves() -> None:
    import subprocess

    code = (
        "import sys; from astra_tui.main import main; main(['serve', '-h']);"
        " print(sorted({'aiohttp', 'textual', 'textual_serve'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("given", "host", "origin"),
    [
        ("https://Desk.Example", "desk.example", "https://desk.example"),
        ("https://desk.example:443/", "desk.example", "https://desk.example"),
        ("https://desk.example:8443", "desk.example:8443", "https://desk.example:8443"),
        ("https://büro.example", "xn--bro-hoa.example", "https://xn--bro-hoa.example"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:80", "localhost", "http://localhost"),
        ("http://[::1]:8080", "[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(given: str, host: str, origin: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        public = public_address(given, "127.0.0.1", listening)
    assert public == Public(origin.partition(":")[0], host)
    assert public.origin == origin
    assert public.socket_origin == origin.replace("http", "ws")


def test_an_address_of_others_is_never_served_unencrypted() -> None:
    for given in ("http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://10.0.0.1"):
        with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(DeskError) as refusal:
            public_address(given, "127.0.0.1", listening)
        assert refusal.value.code == "not_encrypted"
