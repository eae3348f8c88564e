"""``astra completion``: the script for completing commands, options, ids and names in a shell."""

from __future__ import annotations

import os
import re

import rich_click as click
from click import shell_completion

from astra_tui.cli.options import Call, bare
from astra_tui.cli.output.printing import raw
from astra_tui.cli.root import Surroundings, astra

COMPLETION_VARIABLE = "_ASTRA_COMPLETE"
NOT_PLAIN = re.compile(r"([^\w./:@%+-])")


@shell_completion.add_completion_class
class Bash(shell_completion.BashComplete):
    """bash inserts a word unchanged, so a name with blanks needs its backslashes."""

    def format_completion(self, item: shell_completion.CompletionItem) -> str:
        written = NOT_PLAIN.sub(r"\\\1", item.value)
        return f"{item.type},{written}"


def complete(surroundings: Surroundings) -> int:
    """Print completions for the shell, as the environment asks; return the exit code."""
    instruction = os.environ[COMPLETION_VARIABLE]
    context = {"obj": surroundings}
    return shell_completion.shell_complete(astra, context, "astra", COMPLETION_VARIABLE, instruction)


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@bare
def completion(call: Call, shell: str) -> None:
    """Print a shell's completion script.

    bash and zsh: eval "$(astra completion bash)" in the start-up file; fish: astra completion fish | source
    """
    kind = shell_completion.get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    made = kind(astra, {}, "astra", COMPLETION_VARIABLE)
    script = made.source_template % made.source_vars()
    call.show({"shell": shell, "script": script}, lambda _result: raw(script))
