"""The report of a lead as files: the ranked table and the importance plot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from dispatch.matching.report.importance_chart import svg, write_png
from dispatch.matching.report.report import Report, html, markdown
from models import private_files
from models.base import Json
from models.errors import InvalidInput, Refused

PICTURE = "match-importance"


def write(report: Report, folder: str) -> Json:
    """Write match.md, match.html and the plot into a folder, created if missing. Raises InvalidInput.

    They name customers and agents: only their owner can read new ones.
    """
    try:
        return _write(report, Path(folder).expanduser())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            "out", f"cannot write the report to {folder}: {reason}", "choose another folder"
        ) from error


def _write(report: Report, folder: Path) -> Json:
    private_files.make_folder(folder)
    picture = f"{PICTURE}.svg"
    texts = {
        "match.md": markdown(report, picture),
        "match.html": html(report),
        picture: svg(report.glance.importance) + "\n",
    }
    for name, text in texts.items():
        private_files.write(folder / name, text)
    files = [str(folder / name) for name in texts]
    left_out: list[dict[str, str]] = []
    image = folder / f"{PICTURE}.png"
    try:
        write_png(report.glance.importance, image)
        files.append(str(image))
    except Refused as refusal:
        left_out.append({"file": str(image), "reason": refusal.message, "hint": refusal.hint})
    seen = report.glance
    return {
        "files": files,
        "left_out": left_out,
        "sentence": report.sentence,
        "chance": None if seen.chance is None else asdict(seen.chance),
        "importance": [asdict(each) for each in seen.importance],
    }
