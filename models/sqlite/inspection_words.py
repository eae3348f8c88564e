"""SQLite's words for the inspection's SQL (models/inspection/words.py)."""

from __future__ import annotations

CONTROLS = "char(1) || '-' || char(31) || char(127) || '-' || char(159)"
CONTROLS_IN_LINES = (
    "char(1) || '-' || char(8) || char(11) || '-' || char(31) || char(127) || '-' || char(159)"
)
OVERRIDES = "char(0x2028) || '-' || char(0x202e) || char(0x2066) || '-' || char(0x2069)"


class SqliteWords:
    """See ``InspectionWords`` in models/engine.py."""

    def differs(self, one: str, other: str) -> str:
        return f"{one} IS NOT {other}"

    def is_json(self, text: str) -> str:
        return f"json_valid({text})"

    def json_kind(self, text: str) -> str:
        return f"json_type({text})"

    def json_number(self, text: str, path: str) -> str:
        return f"json_extract({text}, '${path}')"

    def json_text(self, text: str, path: str) -> str:
        return f"json_extract({text}, '${path}')"

    def lists_others(self, text: str, accepted: str) -> str:
        wrong = "type <> 'text'" + (f" OR value NOT IN ({accepted})" if accepted else "")
        return f"EXISTS (SELECT 1 FROM json_each({text}) WHERE {wrong})"

    def is_no_time(self, text: str) -> str:
        return f"{text} IS NOT NULL AND {text} IS NOT strftime('%Y-%m-%d %H:%M:%S', {text}, '+0 days')"

    def is_no_switch(self, value: str) -> str:
        return f"{value} NOT IN (0, 1)"

    def has_controls(self, text: str) -> str:
        return f"{text} GLOB '*[' || {CONTROLS} || {OVERRIDES} || ']*'"

    def has_controls_in_lines(self, text: str) -> str:
        return f"{text} GLOB '*[' || {CONTROLS_IN_LINES} || {OVERRIDES} || ']*'"

    def has_no_digits(self, text: str) -> str:
        return f"{text} GLOB '*[^0-9]*'"

    def has(self, text: str, part: str) -> str:
        return f"instr({text}, {part})"

    def greatest(self, *values: str) -> str:
        return f"max({', '.join(values)})"
