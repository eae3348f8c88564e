"""Keys are handled one after the other; one that ends the application leaves nothing behind."""

from __future__ import annotations

import gc
import warnings

from textual import events

from screens.steady_app import SteadyApp


async def test_a_key_that_quits_leaves_no_warning_in_the_terminal() -> None:
    app = SteadyApp()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        async with app.run_test():
            await app.on_event(events.Key("q", "q"))
            app.workers.cancel_all()  # as an exit does, before what follows a key has begun
        gc.collect()
    assert [str(warning.message) for warning in told] == []
