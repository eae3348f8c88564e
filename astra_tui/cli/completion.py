"""``astra completion``: the script that teaches a shell astra's commands and options."""

from __future__ import annotations

import rich_click as click
from click.shell_completion import get_completion_class

from astra_tui.cli.options import Call, bare
from astra_tui.cli.output import raw
from astra_tui.cli.root import astra

COMPLETION_VARIABLE = "_ASTRA_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@bare
def completion(call: Call, shell: str) -> None:
    """Print a shell's completion script.

    bash and zsh: eval "$(astra completion bash)" in the start-up file; fish: astra completion fish | source
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    made = kind(astra, {}, "astra", COMPLETION_VARIABLE)
    script = made.source_template % made.source_vars()
    call.tell({"shell": shell, "script": script}, lambda _result: raw(script))


COMMANDS = {"completion": completion}
