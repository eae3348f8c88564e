"""``astra destination``, ``launch`` and ``package``: the accepted values, which only grow."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, changing, reading
from astra_tui.cli.output.printing import Column, line
from astra_tui.cli.value_types import DESTINATION
from dispatch.desk.accepted_values import WORDS, listing
from dispatch.operations import configuration


def _list_of(kind: str) -> click.RichGroup:
    """The group of one kind of accepted value."""
    word = WORDS.get(kind, kind)

    @click.group(kind, help=f"List the {word}s that the desk accepts, and add to them.")
    def group() -> None:
        pass

    @group.command("list", help=f"List the accepted {word}s.")
    @reading
    def list_values(call: Call) -> None:
        with call.desk():
            rows = listing(kind)
        call.tell_all(rows, (Column(word.capitalize(), "name"),), f"no {word} yet")

    @group.command("add", help=f"Accept a new {word}.")
    @click.argument("name")
    @changing
    def add(call: Call, name: str) -> None:
        row = call.change(configuration.add_value, kind, name)
        call.tell(row, lambda row: line(f"{row['name']} is accepted as a {word}"))

    return group


@click.group("package")
def package() -> None:
    """List what can be sold for each destination, and add to it."""


@package.command("list")
@click.option("--destination", type=DESTINATION, metavar="NAME", help="Only those of this destination.")
@reading
def list_packages(call: Call, destination: str | None) -> None:
    """List the packages of the destinations."""
    with call.desk() as desk:
        wanted = None if destination is None else desk.values.check("destination", destination)
        rows = [row for row in listing("package") if wanted in (None, row["destination"])]
    call.tell_all(rows, (Column("Destination", "destination"), Column("Package", "name")), "no package yet")


@package.command("add")
@click.argument("name")
@click.option(
    "--destination",
    required=True,
    type=DESTINATION,
    metavar="NAME",
    help="The destination that it is sold for.",
)
@changing
def add_package(call: Call, name: str, destination: str) -> None:
    """Accept a new package of a destination."""
    row = call.change(configuration.add_value, "package", name, destination)
    call.tell(row, lambda row: line(f"{row['name']} is accepted as a package of {row['destination']}"))


COMMANDS = {"destination": _list_of("destination"), "launch": _list_of("launch"), "package": package}
