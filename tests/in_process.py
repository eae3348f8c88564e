"""The work of another process, done in this one: its libraries are loaded once for all tests."""

from __future__ import annotations

import json
from importlib import import_module

from dispatch.desk.separate_process import Check, Progress, go_on, nothing, run
from models.base import Json

run_apart = run  # conftest.py puts run_here in its place


def run_here(
    work: str, given: Json, *, progress: Progress = nothing, check: Check = go_on, silence_s: float = 0
) -> Json:
    """Do what ``separate_process.run`` does; what goes in and comes out is JSON here, too."""

    def report(done: int, total: int, what: str) -> None:
        check()
        progress(done, total, what)

    module, _, name = work.partition(":")
    answer = getattr(import_module(module), name)(json.loads(json.dumps(given)), report)
    result: Json = json.loads(json.dumps(answer))
    return result
