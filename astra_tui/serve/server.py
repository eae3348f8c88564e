"""The server: its routes, and who is here.

A desk with users has a sign-in page, whose ticket starts one application; an open one gives the ticket with
its page, to this machine only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from aiohttp import web
from aiohttp.typedefs import Handler

from astra_tui.serve import pages
from astra_tui.serve.address import Public
from astra_tui.serve.child import Child, environment
from astra_tui.serve.door import headers_of, turned_away
from astra_tui.serve.served_desk import ServedDesk
from astra_tui.serve.tickets import Ticket, Tickets
from astra_tui.serve.visit import LONGEST_MESSAGE, Visit, reason, size_of
from astra_tui.user.visitors import visitor_folder
from models import private_files
from models.base import Json
from models.errors import DatabaseUnavailable, DeskError

LONGEST_FORM = 16 * 1024
ALIVE_EVERY_S = 15.0
LATER, FORBIDDEN, TOO_MANY = 503, 403, 429
FULL = "All places are taken: {most} of {most}. Try again when somebody has left."
OPEN_TO_ALL = "This desk has no users any more, so nobody is let in from other machines."
SIGN_IN, START = "Sign in", "Start again"

Tell = Callable[[Json], None]
"""Notes what happened: ``what`` and more."""


@dataclass
class Server:
    """Serves one desk, to ``most`` visitors at once."""

    desk: ServedDesk
    public: Public
    most: int
    actor: str | None
    tell: Tell
    log: IO[bytes] | None = None
    tickets: Tickets = field(default_factory=Tickets)
    here: int = 0
    """Visitors, those whose application is still starting or ending included."""

    visits: set[asyncio.Task[None]] = field(default_factory=set)

    def application(self) -> web.Application:
        """Return the web application."""
        self.files = pages.files()
        self.headers = headers_of(self.public)
        port = self.public.host.rpartition(":")[2]  # cookies are shared by all ports
        self.cookie = "__Host-astra" if self.public.is_encrypted else f"astra-{port}"
        app = web.Application(middlewares=[self._at_the_door], client_max_size=LONGEST_FORM)
        app.on_response_prepare.append(self._add_headers)
        app.add_routes(
            [
                web.get("/", self._begin),
                web.post("/sign-in", self._sign_in),
                web.get("/desk", self._desk),
                web.get("/ws", self._visit),
                web.get("/files/{name}", self._file),
            ]
        )
        return app

    async def end_visits(self) -> None:
        """End every application."""
        for visit in self.visits:
            visit.cancel()
        await asyncio.gather(*self.visits, return_exceptions=True)

    @web.middleware
    async def _at_the_door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        turned = turned_away(request, self.public)
        if turned is not None:
            self.tell({"what": "refused", "code": turned.code, "value": turned.what})
            text = f"This desk is at {self.public.origin}.\n"
            return web.Response(status=turned.status, text=text)
        try:
            return await handler(request)
        except DatabaseUnavailable as error:
            self.tell({"what": "failed", "code": error.code})
            return self._notice(LATER, "Not available", f"{error.message}.")

    async def _add_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self.headers)
        response.headers.setdefault("Cache-Control", "no-store")

    def _notice(self, status: int, title: str, text: str) -> web.Response:
        return _html(pages.notice(self.desk.name, title, text), status)

    def _full(self) -> web.Response:
        self.tell({"what": "refused", "code": "full", "value": str(self.most)})
        return self._notice(LATER, "Full", FULL.format(most=self.most))

    # the pages

    async def _begin(self, request: web.Request) -> web.Response:
        """The sign-in page; on an open desk the application itself."""
        if self.here >= self.most:
            return self._full()
        if not await self.desk.is_open():
            return _html(pages.sign_in(self.desk.name))
        if self.public.is_encrypted:
            return self._notice(LATER, "Closed", OPEN_TO_ALL)
        response = self._terminal(START)
        self._give_ticket(response, self.tickets.issue(None))
        return response

    async def _sign_in(self, request: web.Request) -> web.Response:
        try:
            form = await request.post()
        except (ValueError, LookupError):  # no form of ours
            return web.Response(status=400, text="This is no sign-in.\n")
        login, password = (str(form.get(name, "")) for name in ("login", "password"))
        if self.here >= self.most:
            return self._full()
        try:
            session = await self.desk.sign_in(login, password)
        except DatabaseUnavailable:
            raise
        except DeskError as error:
            # without the name: people type passwords into the wrong field
            self.tell({"what": "sign-in refused", "code": error.code})
            status = FORBIDDEN if error.code == "wrong_password" else TOO_MANY
            return _html(pages.sign_in(self.desk.name, login, f"{error.message}."), status)
        response = web.Response(status=web.HTTPSeeOther.status_code, headers={"Location": "/desk"})
        self._give_ticket(response, self.tickets.issue(session))
        return response

    async def _desk(self, request: web.Request) -> web.Response:
        """The application's page for who has a ticket; others sign in first."""
        if not self.tickets.is_good(request.cookies.get(self.cookie, "")):
            return web.Response(status=web.HTTPSeeOther.status_code, headers={"Location": "/"})
        return self._terminal(SIGN_IN)

    def _terminal(self, again: str) -> web.Response:
        return _html(pages.terminal(self.desk.name, self.public, again=again))

    def _give_ticket(self, response: web.Response, text: str) -> None:
        secure = self.public.is_encrypted
        response.set_cookie(self.cookie, text, httponly=True, samesite="Strict", secure=secure, path="/")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self.files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.FileResponse(found, headers={"Cache-Control": "no-cache"})

    # the application

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        """Start an application for a ticket, and pass on what is typed and drawn."""
        if self.here >= self.most:
            return self._full()
        socket = web.WebSocketResponse(heartbeat=ALIVE_EVERY_S, max_msg_size=LONGEST_MESSAGE)
        if not socket.can_prepare(request).ok:
            return web.Response(status=400, text="This is the terminal's connection.\n")
        ticket = self.tickets.use(request.cookies.get(self.cookie, ""))
        if ticket is None:
            self.tell({"what": "refused", "code": "ticket", "value": "used, too old or none"})
            return web.Response(status=FORBIDDEN, text="Sign in first.\n")
        self.here += 1
        visit = asyncio.create_task(self._keep(request, socket, ticket))
        self.visits.add(visit)
        visit.add_done_callback(self.visits.discard)
        # a task of its own: a connection that breaks off must not keep the application from being ended
        await asyncio.shield(visit)
        return socket

    async def _keep(self, request: web.Request, socket: web.WebSocketResponse, ticket: Ticket) -> None:
        who: Json = {} if ticket.session is None else {"login": ticket.session.login}
        why = "The server was stopped."
        try:
            await socket.prepare(request)
            self.tell({"what": "came", "here": self.here, "most": self.most} | who)
            why = await self._run(request, socket, ticket)
        except (DeskError, OSError) as error:
            why = f"{error.message if isinstance(error, DeskError) else error.strerror}."
        finally:
            self.here -= 1
            self.tell({"what": "left", "here": self.here, "most": self.most, "why": why} | who)
            if socket.prepared:
                await socket.close(message=reason(why))

    async def _run(self, request: web.Request, socket: web.WebSocketResponse, ticket: Ticket) -> str:
        """Run an application to its end, and return why it ended."""
        folder = await self._own_folder(ticket)
        token = None if ticket.session is None else await self.desk.begin(ticket.session)
        order: Json = {"database": str(self.desk.path), "actor": self.actor, "token": token}
        size = size_of(request.query.get("width"), request.query.get("height"))
        try:
            child = await Child.start(order, environment(size, folder), folder, self.log)
            visit = Visit(socket, child)
            try:
                await visit.last()
            finally:
                await _to_the_end(child.end())
        finally:
            if token is not None:
                await _to_the_end(self.desk.finish(token))
        return visit.why

    async def _own_folder(self, ticket: Ticket) -> Path | None:
        """Return the folder of a user's preferences and drafts; None for who is at this machine anyway."""
        if ticket.session is None:
            return None
        folder = visitor_folder(await self.desk.desk_id(), ticket.session.user_id)
        await asyncio.to_thread(private_files.make_folder, folder)
        return folder


async def _to_the_end(work: Awaitable[None]) -> None:
    """Finish work even if the task is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)
