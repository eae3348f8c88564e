"""Generator of the reference pages: keys.md, cli.md, settings.md, events.md and filters.md.

python docs/make_reference.py            writes all of them
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from astra_tui.cli.hints import hint_of

HERE = Path(__file__).parent
WIDTH = 110
NAMED = ("at", "colon", "comma", "minus", "plus", "semicolon", "slash")
"""Keys that are written as the character they type."""
MADE = "<!-- Made by docs/make_reference.py (make docs); do not edit. -->"

KEYS_ABOUT = """\
A verb has the same key everywhere. The line at the bottom, help (`f1`) and the palette (`ctrl+p`) show your
current keys; all of them can be clicked. Letters and digits are keys only while a list has the focus;
anywhere else they are text or do nothing. A name typed into a list by mistake is ignored, until a pause;
where its first letter opened a form, enter asks first, and `f2` takes the name to Dispatch. In every list,
`j` `k` `g` `G` `ctrl+d` `ctrl+u` only move.

To change a key, add its id to `[keymap]` in config.toml (`astra config path` prints its location); separate
several keys by commas. `astra config validate` reports unknown ids and keys, clashes, and keys that a list or
a field takes for itself.

    [keymap]
    "booking.claim" = "b"
    "help" = "f1,f12"
"""

CLI_ABOUT = """\
`astra` alone opens the application; commands can do everything that screens do. `--db` and `--as` may precede
the noun or follow the verb.

- `--json`: a listing prints one array, complete unless `--limit` is given; a command that changes something
  prints the updated object; a refusal prints `{"error": {"code", "message", "hint"}}`.
- `--plain`: for screen readers. One named value per line, a blank line after each row; nothing is aligned,
  drawn, coloured or cut, and listings are complete. Excludes `--json`. With it, or with `TERM=dumb`, help has
  no frames and nothing moves.
- stdout is data, stderr is narration. No command asks a question.
- Exit codes: 0 done, 1 refused by the desk, 2 wrong usage or input, 3 the database cannot be opened.
  A command that is done exits with 0 even if its output cannot be written, and says so on stderr; the
  application exits with 128 + the signal that ended it.
- `eval "$(astra completion bash)"` (or zsh; fish: `astra completion fish | source`) completes commands,
  options, and the live ids and names of the desk.
"""

SETTINGS_ABOUT = """\
The desk's settings are shared by all terminals, and each change is an event. `astra set` lists them,
`astra set KEY` shows one, `astra set KEY VALUE` changes it. [rules.md](rules.md) names the rules that they
change. Your own database, theme, agent and keys are in config.toml (`astra config path`).
"""

EVENTS_ABOUT = """\
Every command writes an event to the log. `astra log` and the application describe it in these words; `--json`
has the name, and `astra log --command NAME` filters by it. [rules.md](rules.md), Undo, describes undo;
[people.md](people.md) says who has which permission on a desk with users.
"""

FILTERS_ABOUT = """\
One language filters every list: type it after `/` on screen, or give it to `--filter` on the command line.

| filter | finds |
|---|---|
| `kate mars` | what has all of these words: Queue looks for them in customer, destination, wishes and notes |
| `status:pending` | a key and a value; both can be shortened while they are clear: `stat:pend` |
| `to:"Alpha Centauri"` | a value with blanks, in quotes; `\\"` is a quote inside them |
| `status:pending to:mars` | both; `and` between them means the same |
| `to:mars or to:venus` | either |
| `not status:pending`, `status!=pending` | everything else |
| `(to:mars or to:venus) is:unclaimed` | parentheses group |
| `load>5`, `created<=2082-11-24` | numbers and times, compared by `<` `<=` `>` `>=` (keys marked `<` `>`) |
| `created:today` | a whole day, week or month: `yesterday`, `"this week"`, `"last month"`, `2082-11-24` |
| `claimed>=-2h` | from a moment on: `-2h`, `"30 min ago"`, `9:30`, `"yesterday 17:00"` |
| `name="Soren Baker"` | of a text, `:` finds a part and `=` the whole |
| `"or"`, `"a:b"` | in quotes, a word is only a word |

An unknown key or value is refused, with the nearest one and all there are; the list stays as it
is. What has no value (a booking that was never claimed) is neither before nor after anything, so
`not claimed<today` finds it and `claimed>=today` does not.
"""


LINES_ABOUT = """\
`:` in a list, or `ctrl+g` anywhere, also in a field and over a half-filled form, opens one line at the
bottom of the application. A preview above it shows what the line would do; enter does it. A refusal stays
there with the text; a result closes the line and is shown like that of a key, and `u` undoes it. `escape`
closes the line.

- The letters are those of the keys: `c 413 6` or `c413`. The commands of the shell work, too, without
  `astra`: `booking claim 413 --agent 6`; also without the noun: `claim 413`.
- `413`, `booking 413`, `i6`, `issue 6`, `nova` and `agent 3` go there.
- An agent is a number or a part of the name; blanks are `_`, or the name is in quotes. A name that several
  agents share is refused, with a list of them.
- Several bookings are `413,414`: one event, or one batch, and one undo. `x`, `r` and `l` do what they can;
  every other verb does all or none.
- A text is the rest of the line; an apostrophe in it is only a letter. A presence may be followed by
  its end and a reason: `p 6 away 15m dentist`, `p 6 break 20` (minutes), `p 6 break until 14:30`.
  `F 413 none` removes a follow-up.
- `tab` takes the word that fits, again the next one. `up` and `down` bring earlier lines back; the next run
  remembers the latest 50, without the texts in them.
- `.` in a list repeats the last command for the row under the cursor. If it cannot be undone, it is shown
  first.
- `help` lists the verbs, and the line stays open behind it. Only `esc` closes the line; `ctrl+g`
  selects its text.
- A line that would be refused says so once typing pauses, before `enter`.

For scripts, `astra batch` runs a file of commands ([cli.md](cli.md)).
"""


def keys_page() -> str:
    """List the keys of every place and modal, with their ids and effects."""
    from screens.base import keys
    from screens.shell.key_catalogue import bindings_of, modals, places

    parts = [MADE, "# Keys", KEYS_ABOUT, "## Anywhere", _keys_table(keys.APP)]
    for place in places():
        parts += [
            f"## {keys.TITLES.get(place.NAME, place.NAME)}",
            textwrap.fill(_with_keys(place.HELP), WIDTH),
            _keys_table(bindings_of(place)),
        ]
    parts += ["## While a filter is typed", _keys_table(keys.TYPED_FILTER)]
    parts += ["# Modals", "Under a modal only its own keys work."]
    for modal in modals():
        parts += [f"## {_words(modal.__name__)}", _about(modal), _keys_table(bindings_of(modal))]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _with_keys(text: str) -> str:
    from screens.base.keys import BY_ID, KEY_IN_TEXT

    return KEY_IN_TEXT.sub(lambda match: f"`{_key_name(BY_ID[match[1]].key.split(',')[0])}`", text)


def _keys_table(bindings: Any) -> str:
    lines = ["| key | id | what it does |", "|---|---|---|"]
    for binding in bindings:
        keys = " ".join(f"`{_key_name(key)}`" for key in binding.key.split(","))
        lines.append(f"| {keys} | `{binding.id}` | **{binding.description}**: {binding.tooltip} |")
    return "\n".join(lines)


def _key_name(key: str) -> str:
    """Format a key as in config.toml; single characters as themselves."""
    from textual.keys import format_key

    name = format_key(key) if "_" in key or key in NAMED else key
    return "\\|" if name == "|" else name


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _about(kind: type) -> str:
    """Return the first line of the docstring of a modal's module."""
    module = inspect.getmodule(kind)
    return (module.__doc__ or "").split("\n")[0] if module else ""


def cli_page() -> str:
    """Describe every command with its arguments, options and help."""
    import click

    from astra_tui.cli.root import astra

    parts = [MADE, "# Commands", CLI_ABOUT]
    for path, command in _commands(astra, ("astra",)):
        if isinstance(command, click.Group):
            if len(path) > 1:
                parts += [f"## {' '.join(path)}", _help(command)]
            continue
        # click caches the help option that the first context of a command requests
        context = click.Context(command, info_name=" ".join(path), **astra.context_settings)
        usage = " ".join([*path, *command.collect_usage_pieces(context)])
        level = "##" if len(path) == 2 else "###"
        parts += [f"{level} {' '.join(path)}", f"    {usage}", _help(command), _options(command, context)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    import click

    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))


def _help(command: Any) -> str:
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(command.help or "").split("\n\n"))


def _options(command: Any, context: Any) -> str:
    """List the options of one command, without those that all commands share."""
    import click

    lines = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if (
            record
            and isinstance(parameter, click.Option)
            and not {"--json", "--plain", "--db", "--as"} & set(parameter.opts)
        ):
            required = " Required." if parameter.required else ""
            lines.append(f"- `{record[0]}`: {parameter.help}{required}")
    return "\n".join(lines)


def settings_page() -> str:
    """List every desk setting with its default and accepted values."""
    from dispatch.bootstrap import RULES

    lines = ["| setting | default | accepted | what for |", "|---|---|---|---|"]
    for key, setting in RULES.settings.items():
        lines.append(f"| `{key}` | {_default(setting.default)} | {setting.accepted} | {setting.help} |")
    return "\n\n".join([MADE, "# Settings", SETTINGS_ABOUT.strip("\n"), "\n".join(lines)]) + "\n"


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    return f"`{value}`" if str(value) else "empty"


def events_page() -> str:
    """List every command with its words in the log, whether it can be undone, and what it needs."""
    from dispatch.operations.command_list import every_command

    lines = ["| event | in the log | undo | permission |", "|---|---|---|---|"]
    for name, (past, undo, needs) in sorted(every_command().items()):
        how = "yes, row by row" if undo.row_by_row else "yes"
        reversal = f"no: {hint_of(undo.never)}" if undo.never else how
        lines.append(f"| `{name}` | {past} | {reversal} | `{needs.may}` |")
    return "\n\n".join([MADE, "# Events", EVENTS_ABOUT.strip("\n"), "\n".join(lines)]) + "\n"


def filters_page() -> str:
    """The filter language, and the keys of every list with their values."""
    from dispatch import customers, queries
    from dispatch.desk.event_filter import EVENT_KEYS
    from dispatch.queries.booking_filter_keys import BOOKING_KEYS
    from dispatch.service.issues.issue_filter_keys import ISSUE_KEYS

    lists = {
        "Bookings: Queue, `astra booking list`, `release`, `cancel`, `reassign`": BOOKING_KEYS,
        "Agents: Roster, `astra agent list`": queries.AGENT_KEYS,
        "Issues: Service, `astra issue list`": ISSUE_KEYS,
        "Events: Log, `astra log`": EVENT_KEYS,
        "Customers: Find a customer, `astra customer find`": customers.CUSTOMER_KEYS,
    }
    parts = [MADE, "# Filters", FILTERS_ABOUT.strip("\n")]
    for title, keys in lists.items():
        lines = ["| key | value | meaning |", "|---|---|---|"]
        for key in keys.values():
            names = ", ".join(f"`{name}`" for name in (key.name, *key.also))
            ordered = " `<` `>`" if key.is_ordered else ""
            lines.append(f"| {names}{ordered} | {_values(key)} | {key.help} |")
        parts += [f"## {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _values(key: Any) -> str:
    from dispatch.desk.accepted_values import WORDS

    offered = key.kind.offers(lambda kind: [f"one of the desk's {WORDS.get(kind, kind)}s"])
    shown = ", ".join(getattr(key.kind, "also", ()))
    return (", ".join(offered) or key.kind.expects) + (f"; also {shown}" if shown else "")


def lines_page() -> str:
    """List the verbs of the command line inside the application."""
    from dispatch.command_line.grammar import VERBS

    parts = [MADE, "# Command line", LINES_ABOUT.strip("\n")]
    for noun, title in (("booking", "Bookings"), ("agent", "Agents"), ("issue", "Issues")):
        lines = ["| short | command | what it does |", "|---|---|---|"]
        for verb in VERBS:
            if verb.noun == noun:
                short = verb.usage.replace(f" {verb.name}", "", 1)
                options = " ".join(each.option for each in verb.arguments if each.option)
                says = re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), verb.says)
                says = says.replace("ROWS", noun.upper())
                lines.append(f"| `{short}` | `{verb.name}` {f'`{options}`' if options else ''} | {says} |")
        parts += [f"## {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


PAGES = {
    "keys.md": keys_page,
    "cli.md": cli_page,
    "settings.md": settings_page,
    "events.md": events_page,
    "filters.md": filters_page,
    "command-line.md": lines_page,
}


def main() -> None:
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
