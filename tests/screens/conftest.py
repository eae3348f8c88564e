"""Applications to drive headless."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from astra_tui.app import AstraApp
from astra_tui.user.preferences import Preferences
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from models.clock import Clock
from screens.app import messages
from screens.base.drafts import Drafts
from seeds.demo.demo import make_demo
from tests.screens.golden_desk import make_golden_desk
from tests.screens.quick_apps import hold_painting, share_styles

pytest.register_assert_rewrite("tests.screens.key_checks")
share_styles()

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)

Running = Callable[..., AbstractAsyncContextManager[tuple[AstraApp, "Pilot[None]"]]]


def standing_still() -> datetime:
    return NOON


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times on screen do not depend on the zone of the machine."""
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(autouse=True)
def _time_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second press counts as an answer however busy the machine was since the first."""
    monkeypatch.setattr(messages, "ANSWER_WITHIN_S", 600.0)


ABOUT_PAINTING = (
    "golden",
    "memory",
    "steady_app",
    "steady_text",
    "terminal",
)
"""Their modules have every frame painted as it comes."""


@pytest.fixture(autouse=True)
def _painted_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is painted that no test can look at."""
    if request.path.stem.removeprefix("test_") not in ABOUT_PAINTING:
        hold_painting(monkeypatch)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    desk = open_desk(path, create=True, clock=standing_still, actor="seed")
    make_demo(desk)
    desk.close()
    return path


@pytest.fixture
def demo_file(tmp_path: Path, demo_template: Path) -> Path:
    """A demo desk of its own, as of a noon that stands still."""
    return Path(shutil.copy(demo_template, tmp_path / "demo.db"))


@pytest.fixture(scope="session")
def golden_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("golden") / "desk.db"
    make_golden_desk(path)
    return path


@pytest.fixture
def golden_file(tmp_path: Path, golden_template: Path) -> Path:
    """A small desk with every state of a booking and with names that are hard to show."""
    return Path(shutil.copy(golden_template, tmp_path / "golden.db"))


@pytest.fixture
def other_terminal(demo_file: Path) -> Iterator[Desk]:
    """Somebody else at the same desk."""
    desk = open_desk(demo_file, clock=standing_still, actor="lee")
    yield desk
    desk.close()


@pytest.fixture
def running(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Start the application on the demo desk, or another file, and wait until it stands still.

    A test of another place than Dispatch starts ``at`` it, as somebody does who left the application there:
    Dispatch, whose widgets are the most, then need not be made.
    """

    @asynccontextmanager
    async def start(
        path: Path = demo_file,
        size: tuple[int, int] = (120, 36),
        actor: str = "kim",
        clock: Clock = standing_still,
        preferences: Preferences | None = None,
        drafts: Drafts | None = None,
        sweeps: bool = False,
        at: str = AstraApp.DEFAULT_MODE,
    ) -> AsyncIterator[tuple[AstraApp, Pilot[None]]]:
        with monkeypatch.context() as patch:
            patch.setattr(AstraApp, "DEFAULT_MODE", at)
            app = AstraApp(database=path, clock=clock, actor=actor, preferences=preferences, drafts=drafts)
        app.animation_level = "none"
        app.sweeps_by_itself = sweeps
        async with app.run_test(size=size, notifications=True) as pilot:
            await app.settle()
            yield app, pilot

    return start
