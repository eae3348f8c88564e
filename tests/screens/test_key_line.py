"""The footer shows only whole keys, in their listed order."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from screens.widgets.key_line import KeyButton, KeyLine


class Keys(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "bell", "Claim"),
        Binding("t", "bell('t')", "Contact"),
        Binding("f", "bell('f')", "Confirm"),
        Binding("x", "bell('x')", "Go"),
    ]

    def compose(self) -> ComposeResult:
        yield KeyLine()


async def test_footer_drops_whole_keys_and_never_cuts_one() -> None:
    app = Keys()
    async with app.run_test(size=(40, 5)) as pilot:
        for width, shown in (
            (40, "ctfx"),
            (32, "ctfx"),
            (31, "ctf"),
            (22, "ctx"),
            (7, "c"),
            (6, "x"),
            (40, "ctfx"),
        ):
            await pilot.resize_terminal(width, 5)
            await pilot.pause()
            keys = [key for key in app.query(KeyButton) if key.display and key.key in "ctfx"]
            assert "".join(key.key for key in keys) == shown, width
            assert all(key.region.right <= width for key in keys), width
