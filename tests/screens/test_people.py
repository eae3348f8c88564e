"""Signing in, and the end of a session, in the application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from astra_tui.app import AstraApp
from dispatch.bootstrap import open_desk
from dispatch.desk.access.staff import SignedIn
from dispatch.desk.desk import Desk
from dispatch.people import passwords, sign_in, users
from models.clock import from_text, to_text
from screens.app.session import SIGN_IN
from screens.dialogs.panel import Panel
from screens.dispatch.screen import Dispatch
from screens.people.sign_in import LOGIN, SignIn
from screens.people.sign_in import PASSWORD as PASSWORD_FIELD
from screens.shell.desk_screen import Place
from tests.screens.conftest import NOON, Running
from tests.screens.picture import text_of
from tests.screens.scenes import fill_in

PASSWORD = "a long enough one"


@pytest.fixture
def closed_file(demo_file: Path) -> Path:
    """The demo desk with anna (supervisor), dora (dispatcher) and adam (agent 3)."""
    desk = open_desk(demo_file, clock=lambda: NOON)
    users.new_user(desk, "anna", password=PASSWORD)
    sign_in.sign_in(desk, "anna", PASSWORD)
    users.new_user(desk, "dora", "dispatcher", password=PASSWORD)
    users.new_user(desk, "adam", "agent", 3, password=PASSWORD)
    desk.close()
    return demo_file


@pytest.fixture
def anna(closed_file: Path) -> Desk:
    """The supervisor at another terminal."""
    desk = open_desk(closed_file, clock=lambda: NOON)
    sign_in.sign_in(desk, "anna", PASSWORD)
    return desk


class Time:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment.astimezone(UTC)


async def give(app: AstraApp, pilot: Pilot[None], login: str, password: str = PASSWORD) -> None:
    app.screen.query_one(f"#{LOGIN}", Input).value = login
    app.screen.query_one(f"#{PASSWORD_FIELD}", Input).value = password
    app.screen.query_one(f"#{PASSWORD_FIELD}", Input).focus()
    await pilot.press("enter")
    await app.settle()


def places(app: AstraApp) -> list[Place]:
    from screens.base.textual_internals import all_screens

    return [one for one in all_screens(app) if isinstance(one, Place)]


async def test_nothing_of_the_desk_is_shown_before_somebody_signs_in(
    closed_file: Path, running: Running
) -> None:
    async with running(closed_file, size=(80, 24)) as (app, pilot):
        assert isinstance(app.screen, SignIn)
        assert places(app) == []
        for key in ("f3", "ctrl+p", "ctrl+g", "ctrl+f", "f1", "ctrl+z", "h", "escape"):
            await pilot.press(key)
            await app.settle()
            assert isinstance(app.screen, SignIn), key
        assert places(app) == []
        await give(app, pilot, "dora", "wrong")
        assert "The name or password is wrong" in text_of(app)
        assert app.screen.query_one(f"#{PASSWORD_FIELD}", Input).value == ""
        assert "wrong wrong" not in text_of(app)
        await give(app, pilot, "Dora")
        assert isinstance(app.screen, Dispatch)
        assert app.backend.desk.actor == "dora"
        assert "dora" in text_of(app).splitlines()[0]


async def test_an_empty_field_is_named(closed_file: Path, running: Running) -> None:
    async with running(closed_file, size=(80, 24)) as (app, pilot):
        await pilot.press("enter", "enter")
        await app.settle()
        assert "Type your name" in text_of(app)
        await pilot.press(*"dora", "enter", "enter")
        await app.settle()
        assert "Type your password" in text_of(app)
        await pilot.press(*"a long enough one", "enter")
        await app.settle()
        assert isinstance(app.screen, Dispatch)


async def test_the_sixth_try_waits(closed_file: Path, running: Running) -> None:
    async with running(closed_file, size=(80, 24)) as (app, pilot):
        for _ in range(5):
            await give(app, pilot, "dora", "wrong")
        await give(app, pilot, "dora")
        assert "Too many tries: wait 1 minute" in text_of(app)
        assert isinstance(app.screen, SignIn)


async def test_an_idle_session_ends_and_gives_back_what_was_typed(
    closed_file: Path, running: Running
) -> None:
    time = Time()
    async with running(closed_file, clock=time) as (app, pilot):
        await give(app, pilot, "dora")
        await pilot.press(*"Mia Wong")
        form = app.screen
        time.moment += timedelta(minutes=14)
        app.look_at_idle()
        assert app.screen is form
        await pilot.press("!")
        time.moment += timedelta(minutes=14, seconds=59)
        app.look_at_idle()
        assert app.screen is form, "a key begins the minutes anew"
        time.moment += timedelta(seconds=1)
        app.look_at_idle()
        await app.settle()
        assert isinstance(app.screen, SignIn)
        seen = text_of(app)
        assert "Mia" not in seen
        assert "Signed out after 15 minutes" in seen
        assert app.screen.query_one(f"#{LOGIN}", Input).value == "dora"
        await give(app, pilot, "dora")
        assert app.screen is form
        assert form.query_one("#customer", Input).value == "Mia Wong!"


async def test_another_person_finds_nothing_of_the_one_before(closed_file: Path, running: Running) -> None:
    async with running(closed_file) as (app, pilot):
        await give(app, pilot, "dora")
        await pilot.press(*"Mia Wong")
        app.end_session("Signed out.")
        await app.settle()
        await give(app, pilot, "adam")
        assert isinstance(app.screen, Dispatch)
        assert app.screen.query_one("#customer", Input).value == ""
        assert app.my_agent_id == 3
        assert len(places(app)) == 1


async def test_a_modal_waits_for_its_person(closed_file: Path, running: Running) -> None:
    async with running(closed_file, at="queue") as (app, pilot):
        await give(app, pilot, "dora")
        await pilot.press("ctrl+f")
        await pilot.press(*"kat")
        await app.settle()
        modal = app.screen
        app.end_session("Signed out.")
        await app.settle()
        assert isinstance(app.screen, SignIn)
        await give(app, pilot, "dora")
        assert app.screen is modal


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda desk: users.disable(desk, "dora"), "The user dora was disabled"),
        (lambda desk: users.change(desk, "dora", "auditor"), ""),
    ],
)
async def test_what_a_supervisor_takes_away_is_away_at_once(
    closed_file: Path, running: Running, anna: Desk, change: Callable[[Desk], object], words: str
) -> None:
    async with running(closed_file, at="queue") as (app, pilot):
        await give(app, pilot, "dora")
        change(anna)
        anna.close()
        await app.settle()
        if words:
            assert isinstance(app.screen, SignIn)
            assert words in text_of(app)
            await give(app, pilot, "dora")
            assert "The name or password is wrong" in text_of(app)
            return
        number = app.backend.last_own_event
        await pilot.press("n")
        await app.settle()
        await pilot.press(*"hello", "enter")
        await app.settle()
        assert "An auditor may not work on bookings" in text_of(app)
        assert app.backend.last_own_event == number


async def test_an_open_desk_that_gets_users_asks_who_is_here(
    demo_file: Path, running: Running, other_terminal: Desk
) -> None:
    async with running(size=(120, 36)) as (app, pilot):
        assert "(open)" in text_of(app).splitlines()[0]
        await pilot.press(*"Mia Wong")
        form = app.screen
        users.new_user(other_terminal, "anna", password=PASSWORD)
        await app.settle()
        assert isinstance(app.screen, SignIn)
        assert "This desk has users now" in text_of(app)
        await give(app, pilot, "anna")
        assert app.screen is form
        assert form.query_one("#customer", Input).value == "Mia Wong"
        assert "(open)" not in text_of(app).splitlines()[0]


async def test_who_is_known_by_the_process_sees_the_desk_at_once(closed_file: Path) -> None:
    def identify(desk: Desk) -> None:
        with desk.reading():
            number = next(one.user_id for one in desk.staff.everybody().values() if one.login == "adam")
        sign_in.resume(desk, SignedIn(number, "adam"))

    app = AstraApp(database=closed_file, clock=lambda: NOON, identify=identify)
    app.sweeps_by_itself = False
    async with app.run_test(size=(80, 24)):
        await app.settle()
        assert isinstance(app.screen, Dispatch)
        assert (app.backend.desk.actor, app.my_agent_id) == ("adam", 3)
        app.action_sign_out()
        await app.settle()
        assert "Without a password" in text_of(app)


async def test_sign_out_is_in_the_palette_of_a_closed_desk_only(closed_file: Path, running: Running) -> None:
    async with running(closed_file) as (app, pilot):
        await give(app, pilot, "dora")
        titles = [one.title for one in app.get_system_commands(app.screen)]
        assert "Sign out" in titles
        app.action_sign_out()
        await app.settle()
        assert app.current_mode == SIGN_IN


async def test_own_password_is_changed_in_the_application(closed_file: Path, running: Running) -> None:
    async with running(closed_file, size=(80, 24)) as (app, pilot):
        await give(app, pilot, "dora")
        app.action_change_password()
        await app.settle()
        for current, again, words in (
            ("wrong", "brand new words", "The password so far is wrong"),
            (PASSWORD, "brand new word", "The two new passwords differ"),
            (PASSWORD, "brand new words", ""),
        ):
            await fill_in(app, current=current, new="brand new words", again=again)
            await pilot.press("f9")
            await app.settle()
            seen = text_of(app)
            assert words in seen
            assert "brand" not in seen
        assert isinstance(app.screen, Dispatch)
        app.end_session("Signed out.")
        await app.settle()
        await give(app, pilot, "dora", "brand new words")
        assert isinstance(app.screen, Dispatch)


async def test_leaving_from_the_sign_in_screen_shows_nothing(closed_file: Path, running: Running) -> None:
    async with running(closed_file) as (app, pilot):
        await give(app, pilot, "dora")
        await pilot.press(*"Mia Wong")
        app.end_session("Signed out.")
        await app.settle()
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.return_code == 0


async def test_an_unexpected_error_shows_no_password(
    closed_file: Path, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError("out of memory")

    async with running(closed_file, size=(120, 40)) as (app, pilot):
        monkeypatch.setattr(passwords, "matches", fail)
        await give(app, pilot, "dora")
        assert app.is_running
        assert isinstance(app.screen, Panel)
        assert "out of memory" in app.screen.text.plain
        assert PASSWORD not in app.screen.text.plain
        await pilot.press("escape")
        monkeypatch.undo()
        assert isinstance(app.screen, SignIn)


async def test_another_person_finds_neither_messages_nor_what_was_copied(
    closed_file: Path, running: Running
) -> None:
    async with running(closed_file) as (app, pilot):
        await give(app, pilot, "dora")
        app.tell("Mia Wong's booking was cancelled")
        app.copy_to_clipboard("Mia Wong")
        for login, found in (("dora", True), ("adam", False)):
            app.end_session("Signed out.")
            await app.settle()
            assert "Mia Wong" not in text_of(app)
            await give(app, pilot, login)
            assert any("Mia" in one.text for one in app.messages.kept) is found
            assert (app.clipboard == "Mia Wong") is found


async def test_what_ends_after_the_session_shows_no_place(closed_file: Path, running: Running) -> None:
    async with running(closed_file) as (app, pilot):
        await give(app, pilot, "dora")
        app.perform(lambda _: 1, lambda _: app.show_bookings("is:pending"))
        app.ask(lambda: 1, lambda _: app.go("roster"))
        app.end_session("Signed out.")
        await app.settle()
        assert isinstance(app.screen, SignIn)
        await give(app, pilot, "dora")
        assert isinstance(app.screen, Dispatch)


async def test_a_session_ends_with_its_token(closed_file: Path) -> None:
    time = Time()

    def identify(desk: Desk) -> None:
        with desk.reading():
            number = next(one.user_id for one in desk.staff.everybody().values() if one.login == "adam")
        expires_at = to_text(from_text(desk.now()) + timedelta(minutes=1))
        sign_in.resume(desk, SignedIn(number, "adam", None, expires_at))

    app = AstraApp(database=closed_file, clock=time, identify=identify)
    app.sweeps_by_itself = False
    async with app.run_test(size=(80, 24)):
        await app.settle()
        time.moment += timedelta(seconds=59)
        app.look_at_idle()
        assert isinstance(app.screen, Dispatch)
        time.moment += timedelta(seconds=1)
        app.look_at_idle()
        await app.settle()
        assert "The token expired" in text_of(app)
