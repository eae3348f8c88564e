"""``astra report``: what the desk knows, as files to hand on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import rich_click as click

from astra_tui.cli.match import lead_options
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output import line, narrate
from dispatch.match import report as match_report
from dispatch.match import weights
from dispatch.match.lead import terms_of
from dispatch.match.plot import svg, write_png
from models.errors import InvalidInput, Refused


@click.group("report")
def report() -> None:
    """Write reports: files to hand on."""


COMMANDS = {"report": report}


@report.command("match")
@lead_options
@click.option("--out", "folder", default=".", metavar="FOLDER", help="Where to write; default: here.")
@reading
def match(call: Call, /, weights_name: str | None, folder: str, **lead: str) -> None:
    """Write the agents ranked for a lead (Markdown, HTML) and the feature importance (SVG, PNG)."""
    with call.desk() as desk:
        found = match_report.build(desk, terms_of(desk, **lead), weights.named(weights_name))
    try:
        result = _write(found, Path(folder))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            "out", f"the report cannot be written to {folder}: {reason}", "name another folder with --out"
        ) from error
    call.tell(result, _tell)


def _write(found: match_report.Report, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    picture = "match-importance.svg"
    texts = {
        "match.md": match_report.markdown(found, picture),
        "match.html": match_report.html(found),
        picture: svg(found.glance.importance) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    files = [str(folder / name) for name in texts]
    left_out: list[dict[str, str]] = []
    image = folder / "match-importance.png"
    try:
        write_png(found.glance.importance, image)
        files.append(str(image))
    except Refused as refusal:
        left_out.append({"file": str(image), "reason": refusal.message, "hint": refusal.hint})
    seen = found.glance
    return {
        "files": files,
        "left_out": left_out,
        "sentence": seen.verdict.sentence,
        "chance": None if seen.chance is None else asdict(seen.chance),
        "importance": [asdict(each) for each in seen.importance],
    }


def _tell(result: dict[str, Any]) -> None:
    for file in result["files"]:
        line(file)
    for missing in result["left_out"]:
        narrate(f"not written: {missing['file']}: {missing['reason']}")
        narrate(f"Hint: {missing['hint']}")
    narrate(result["sentence"])
