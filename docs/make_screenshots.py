"""Screenshots of the demo desk for the README, or (``--all FOLDER``) of all places, sizes and themes.

python docs/make_screenshots.py                 writes docs/screenshots/*.svg
python docs/make_screenshots.py --all FOLDER    every place and modal, 80x24 and 120x36, each theme
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOMENT = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
HERE = Path(__file__).parent / "screenshots"
Step = Callable[[Any, Any], Coroutine[Any, Any, None]]


def clock() -> datetime:
    return MOMENT


def make_desk(folder: str) -> Path:
    """Create a demo desk with a few recent leads."""
    from dispatch import bookings
    from dispatch.bootstrap import open_desk
    from dispatch.leads import intake
    from seeds.demo.demo import make_demo
    from seeds.demo.issues import make_issues

    path = Path(folder) / "desk.db"
    desk = open_desk(path, create=True, clock=clock, actor="kim")
    make_demo(desk)
    make_issues(desk)
    lead = {"method": "Text", "source": "Organic", "launch": "Sydney Stellar Port"}
    intake.receive(
        desk, name="João Müller-Ødegård 山田", destination="Mars", requests="a dome with a view", **lead
    )
    second = intake.receive(desk, name="Kate Nguyen", destination="Europa", **lead)
    bookings.claim(desk, second["booking_id"], second["agent_id"] or 0)
    bookings.contact(desk, second["booking_id"], "no_answer")
    bookings.note(desk, second["booking_id"], "prefers to be called after 18:00")
    desk.close()
    return path


async def type_lead(app: Any, _pilot: Any) -> None:
    for field, value in (
        ("customer", "Kate Nguyen"),
        ("method", "Text"),
        ("source", "Organic"),
        ("destination", "Mars"),
        ("launch", "Dallas-Fort Worth Launch Complex"),
        ("requests", "luxury dome stay"),
    ):
        app.screen.query_one(f"#{field}").value = value
    await app.settle()


def pressed(*keys: str) -> Step:
    async def step(app: Any, pilot: Any) -> None:
        for key in keys:
            await pilot.press(key)
            await app.settle()

    return step


SCENES: dict[str, Step] = {
    "dispatch": type_lead,
    "roster": pressed("f3"),
    "queue": pressed("f4"),
    "my-desk": pressed("f5", "enter"),
    "service": pressed("f6"),
    "insights": pressed("f7"),
    "confirm": pressed("f4", "f"),
    "cancel": pressed("f4", "x"),
    "reassign": pressed("f4", "r"),
    "edit": pressed("f4", "e"),
    "why": pressed("f4", "enter"),
    "help": pressed("f4", "f1"),
    "agent": pressed("f3", "home", "down", "e"),
    "find-customer": pressed("f4", "ctrl+f", *"kat"),
    "customer": pressed("f4", "i"),
    "merge": pressed("f4", "i", "m", *"emil", "enter"),
    "log": pressed("f3", "h"),
    "refused": pressed("f4", "c"),
}

IN_README = ("dispatch", "queue", "service", "insights")


async def shoot(database: Path, scene: str, size: tuple[int, int], theme: str, target: Path) -> None:
    from astra_tui.app import AstraApp

    app = AstraApp(database=database, clock=clock, actor="kim")
    app.sweeps_by_itself = False
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        app.theme = theme
        await app.settle()
        await SCENES[scene](app, pilot)
        svg = app.export_screenshot(title="Astra")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(portable(svg))


def portable(svg: str) -> str:
    """Make an SVG portable: no remote fonts, and spaces preserved by every renderer."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "Fira Code, DejaVu Sans Mono, Menlo, Consolas")
    return svg.replace("<text ", '<text xml:space="preserve" ')


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", metavar="FOLDER")
    parser.add_argument("--scene", default="")
    options = parser.parse_args()
    os.environ["TZ"] = "UTC"
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(folder)
        if not options.all:
            for scene in IN_README:
                await shoot(desk, scene, (110, 30), "astra-dark", HERE / f"{scene}.svg")
            return
        for size in ((80, 24), (120, 36)):
            for theme in ("astra-dark", "astra-light", "astra-contrast"):
                for scene in [options.scene] if options.scene else SCENES:
                    name = f"{scene}-{size[0]}-{theme}.svg"
                    await shoot(desk, scene, size, theme, Path(options.all) / name)


if __name__ == "__main__":
    asyncio.run(main())
