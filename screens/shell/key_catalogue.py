"""Every place and modal of the application with its keys, found by inspection rather than listed."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from textual.binding import Binding
from textual.screen import Screen

import screens
from screens.base import keys
from screens.dialogs.modal import Modal
from screens.shell.desk_screen import Place


def places() -> list[type[Place]]:
    """Return the classes of the places, in the order of their keys."""
    found = [each for each in _kinds_of(Place) if "NAME" in vars(each)]
    order = {name: position for position, name in enumerate(keys.PLACES)}
    return sorted(found, key=lambda each: (order.get(each.NAME, len(order)), each.NAME))


def modals() -> list[type[Modal[Any]]]:
    """Return the classes of the modals that have keys of their own."""
    return sorted(
        (each for each in _kinds_of(Modal) if "BINDINGS" in vars(each)), key=lambda each: each.__name__
    )


def bindings_of(screen: type[Screen[Any]]) -> list[Binding]:
    """Return the keys of a screen's class that a keymap can name."""
    return [
        binding
        for each in reversed(screen.mro())
        for binding in vars(each).get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id
    ]


def areas() -> Mapping[str, Sequence[Binding]]:
    """Return the keys that work together: each place's with the application's, and each modal's."""
    found: dict[str, Sequence[Binding]] = {
        each.NAME.replace("-", " "): _with_those_above(keys.APP, each) for each in places()
    }
    quitting = [binding for binding in keys.APP if binding.id == "quit"]
    found["filter"] = keys.TYPED_FILTER
    return found | {each.__name__: _with_those_above(quitting, each) for each in modals()}


def _with_those_above(above: Sequence[Binding], screen: type[Screen[Any]]) -> list[Binding]:
    """Return a screen's keys, and those of the application that it does not override."""
    own = bindings_of(screen)
    taken = {key for binding in own for key in binding.key.split(",")}
    return [*(binding for binding in above if taken.isdisjoint(binding.key.split(","))), *own]


def _kinds_of(base: Any) -> list[Any]:
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    return list(dict.fromkeys(_below(base)))  # a class below two of ours is found twice


def _below(base: Any) -> Iterator[Any]:
    for each in base.__subclasses__():
        if each.__module__.startswith("screens."):
            yield each
            yield from _below(each)
