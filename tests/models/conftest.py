"""A desk whose database the models speak to for the whole test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dispatch.desk.desk import Desk
from models.engine import Engine


@pytest.fixture
def database(desk: Desk) -> Iterator[Engine]:
    """The open desk's database, active inside the test."""
    with desk.reading():
        yield desk.database
