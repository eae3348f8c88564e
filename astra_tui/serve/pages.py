"""The pages: signing in, the terminal, and those that say why there is none."""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

from astra_tui.serve.address import Public

OWN = Path(__file__).parent / "files"
TERMINAL, FONT = "js/textual.js", "fonts/RobotoMono-VariableFont_wght.ttf"


def files() -> dict[str, Path]:
    """Return the files that pages load, by name; textual-serve has the terminal.

    Raises ModuleNotFoundError.
    """
    found = find_spec("textual_serve")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No module named 'textual_serve'", name="textual_serve")
    theirs = Path(found.origin).parent / "static"
    return {
        "desk.css": OWN / "desk.css",
        "desk.js": OWN / "desk.js",
        "font.ttf": theirs / FONT,
        "terminal.css": theirs / "css/xterm.css",
        "terminal.js": theirs / TERMINAL,
    }


def sign_in(desk: str, login: str = "", problem: str = "") -> str:
    """The form for a name and a password."""
    return _page("sign-in.html", desk=desk, login=login, problem=problem)


def terminal(desk: str, public: Public, *, again: str) -> str:
    """The page with the application; ``again`` is what the button says once it has ended."""
    return _page("terminal.html", desk=desk, again=again, socket=f"{public.socket_origin}/ws")


def notice(desk: str, title: str, text: str, *, again: str = "Try again") -> str:
    """A page that says why there is no application, with a button for another try."""
    return _page("notice.html", desk=desk, title=title, text=text, again=again)


def _page(name: str, **values: str) -> str:
    text = (OWN / name).read_text("utf-8")
    return Template(text).substitute({key: escape(value) for key, value in values.items()})
