"""``astra serve``: the application in a browser."""

from __future__ import annotations

import signal
from importlib.util import find_spec

import rich_click as click

from astra_tui.cli.database import database_path
from astra_tui.cli.identity import refuse_actor
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import narrate, put_json_line
from astra_tui.cli.output.streams import OutputLost
from astra_tui.user.mentions import log_path
from models import private_files
from models.base import Json
from models.clock import utc_now
from models.errors import DatabaseUnavailable, Refused

LIBRARIES = ("aiohttp", "textual_serve")
USUAL_PORT, MOST = 8080, 20


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=USUAL_PORT, show_default=True, help="0: any free one."
)
@click.option("--public", metavar="URL", help="What browsers know it by, like https://desk.example.")
@click.option(
    "--most", type=click.IntRange(1, 1_000), default=MOST, show_default=True, help="Visitors at once."
)
@reading
def serve(call: Call, host: str, port: int, public: str | None, most: int) -> None:
    """Serve the application to browsers, until stopped (docs/browser.md).

    On a desk with users everybody signs in. One without is served to this machine only; so is every desk
    without --public, which names the address of a proxy with TLS.
    With --json each line says what happened.
    """
    _check_libraries()
    path = database_path(call.database)
    if isinstance(path, str):
        problem = "A desk on a server is not served: there the database itself knows who is who"
        raise Refused("served_server", problem, "run astra on each host, or over ssh")
    actor = _actor(call)
    log = log_path()
    private_files.make_folder(log.parent)
    from astra_tui.serve.running import serve as run

    with open(log, "ab", opener=private_files.opener) as complaints:
        run(
            path.absolute(),  # the applications have folders of their own
            host=host,
            port=port,
            public=public,
            most=most,
            actor=actor,
            tell=_tell_as_json if call.as_json else _tell,
            log=complaints,
        )


def _check_libraries() -> None:
    """Raise DatabaseUnavailable without the extra, as for a desk on a server without its driver."""
    if any(find_spec(name) is None for name in LIBRARIES):
        problem = "serving a desk to browsers needs textual-serve"
        raise DatabaseUnavailable("no_web", problem, 'install it: pip install "astra-tui[web]"')


def _actor(call: Call) -> str | None:
    """Return who acts on an open desk; on one with users that is who signs in. Raises DeskError."""
    with call.desk(identifies=False) as desk, desk.reading():
        if desk.staff.is_open:
            return desk.actor
        refuse_actor(call.actor)
        return None


def _tell_as_json(what: Json) -> None:
    try:
        put_json_line({"at": _now()} | what)
    except (BrokenPipeError, OutputLost):  # nobody reads on
        signal.raise_signal(signal.SIGTERM)


def _tell(what: Json) -> None:
    narrate(f"{_now()}  {_words(what)}")


def _now() -> str:
    return utc_now().strftime("%Y-%m-%d %H:%M:%S")


def _words(what: Json) -> str:
    who = what.get("login", "somebody")
    match what["what"]:
        case "serving":
            to_all = " to everybody at this machine, as the desk has no users" if what["is_open"] else ""
            return f"Serving {what['address']}{to_all}; until stopped"
        case "came":
            return f"{who} came ({what['here']} of {what['most']})"
        case "left":
            return f"{who} left ({what['here']} of {what['most']}): {what['why']}"
        case "refused":
            return f"Refused: {what['code']} ({what['value']})"
        case other:
            return f"{str(other).capitalize()}: {what['code']}"
