"""``astra destination``, ``launch`` and ``package``: accepted values, which only grow."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, changing, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, line
from astra_tui.cli.value_types import DESTINATION
from dispatch.desk.accepted_values import WORDS
from dispatch.desk.accepted_values import listing as listed
from dispatch.operations import configuration


def _list_of(kind: str) -> click.RichGroup:
    """Build the group of one kind of accepted value."""
    word = WORDS.get(kind, kind)

    @click.group(kind, help=f"List the accepted {word}s, and add to them.")
    def group() -> None:
        pass

    @group.command("list", help=f"List the accepted {word}s.")
    @formatted
    @reading
    def list_values(call: Call) -> None:
        rows = call.read(lambda _: listed(kind))
        listing: Listing[dict[str, str]] = Listing((Column(word.capitalize(), "name"),), ("name",), "name")
        call.show_rows(rows, listing, f"no {word} yet")

    @group.command("add", help=f"Accept a new {word}.")
    @click.argument("name")
    @changing
    def add(call: Call, name: str) -> None:
        row = call.change(configuration.add_value, kind, name)
        call.show(row, lambda row: line(f"{row['name']} is accepted as a {word}"))

    return group


PACKAGES: Listing[dict[str, str]] = Listing(
    (Column("Destination", "destination"), Column("Package", "name")), ("destination", "name"), "name"
)


@click.group("package")
def package() -> None:
    """List the packages of each destination, and add to them."""


@package.command("list")
@click.option("--destination", type=DESTINATION, help="Only those of this destination.")
@formatted
@reading
def list_packages(call: Call, destination: str | None) -> None:
    """List the packages of the destinations."""
    with call.desk() as desk:
        wanted = None if destination is None else desk.values.check("destination", destination)
        rows = [row for row in listed("package") if wanted in (None, row["destination"])]
    call.show_rows(rows, PACKAGES, "no package yet")


@package.command("add")
@click.argument("name")
@click.option("--destination", required=True, type=DESTINATION, help="The destination it is sold for.")
@changing
def add_package(call: Call, name: str, destination: str) -> None:
    """Accept a new package for a destination."""
    row = call.change(configuration.add_value, "package", name, destination)
    call.show(row, lambda row: line(f"{row['name']} is accepted as a package of {row['destination']}"))


destination, launch = _list_of("destination"), _list_of("launch")
