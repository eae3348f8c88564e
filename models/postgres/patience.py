"""Waiting for an answer, but not for ever: a network that is gone may say nothing at all.

How long a statement may take is nobody's to say. So one that is not answered for some seconds is asked after
by another connection: as long as the server works on it, it is waited for.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready

from models.postgres.address import APPLICATION_NAME, Address

ASK_AFTER_S = 8.0
CONNECT_S = 5
STATE = b"SELECT state FROM pg_stat_activity WHERE pid = %s"
AT_WORK = "active"
FATAL = ("FATAL", "PANIC")


class Waiter(psycopg.Connection[Any]):
    """A connection whose answers are waited for with patience; ``pid`` is unknown behind a pool."""

    address: Address
    pid: int | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg has it; an answer that does not come is asked after."""
        try:
            return super().wait(self._asked_after(gen), interval, timeout)
        except psycopg.Error as error:
            if error.diag.severity_nonlocalized in FATAL:
                self.close()  # as the server has; psycopg may see that only at the next statement
            raise

    def _asked_after(self, answer: PQGen[RV]) -> PQGen[RV]:
        """Wait as psycopg's generator says. Raises OperationalError once it is clear that no answer comes."""
        since, was_at_work = 0.0, True
        ready: Any = None
        while True:
            try:
                wanted = answer.send(ready)
            except StopIteration as end:
                result: RV = end.value
                return result
            ready = (yield wanted) or Ready.NONE
            if ready != Ready.NONE:
                since, was_at_work = 0.0, True
            elif not since:
                since = time.monotonic()
            elif time.monotonic() - since > ASK_AFTER_S:
                is_at_work = _is_at_work(self.address, self.pid)
                if not (is_at_work or was_at_work):
                    self.close()
                    raise psycopg.OperationalError("no answer")
                # an answer may be on its way while the server is asked
                since, was_at_work = (time.monotonic() if is_at_work else since), is_at_work


class _Hasty(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than to connect."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, CONNECT_S if timeout is None else timeout)


def _is_at_work(address: Address, pid: int | None) -> bool:
    """Return whether the server can be reached, and is at work for a connection if that can be known."""
    named: dict[str, Any] = (
        {} if "application_name" in address.parts else {"application_name": APPLICATION_NAME}
    )
    try:
        with _Hasty.connect(address.conninfo, autocommit=True, connect_timeout=CONNECT_S, **named) as asking:
            state = asking.execute(STATE, (pid,)).fetchone()
    except psycopg.Error:
        return False
    return pid is None or (state is not None and state[0] == AT_WORK)
