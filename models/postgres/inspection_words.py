"""PostgreSQL's words for what ``models/inspection/words.py`` describes, as text."""

from __future__ import annotations

import re

_STEP = re.compile(r"\.(\w+)|\[#?(-?\d+)\]")
TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
CONTROLS = "[\\x01-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]"
CONTROLS_IN_LINES = "[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]"


class PostgresWords:
    """See ``InspectionWords`` in models/engine.py."""

    def differs(self, one: str, other: str) -> str:
        return f"{one} IS DISTINCT FROM {other}"

    def is_json(self, text: str) -> str:
        return f"desk_is_json({text})"

    def json_kind(self, text: str) -> str:
        return f"json_typeof(CAST({text} AS JSON))"

    def json_number(self, text: str, path: str) -> str:
        return f"CAST({self.json_text(text, path)} AS DOUBLE PRECISION)"

    def json_text(self, text: str, path: str) -> str:
        names = ", ".join(f"'{name or place}'" for name, place in _STEP.findall(path))
        return f"json_extract_path_text(CAST({text} AS JSON), {names})"

    def lists_others(self, text: str, accepted: str) -> str:
        wrong = "json_typeof(value) <> 'string'" + (
            f" OR value #>> '{{}}' NOT IN ({accepted})" if accepted else ""
        )
        values = f"json_array_elements(CAST({text} AS JSON)) AS listed (value)"
        return f"EXISTS (SELECT 1 FROM {values} WHERE {wrong})"

    def is_no_time(self, text: str) -> str:
        return f"{text} IS NOT NULL AND {text} !~ '{TIME}'"

    def is_no_switch(self, value: str) -> str:
        return f"{value} IS NULL AND FALSE"

    def has_controls(self, text: str) -> str:
        return f"{text} ~ '{CONTROLS}'"

    def has_controls_in_lines(self, text: str) -> str:
        return f"{text} ~ '{CONTROLS_IN_LINES}'"

    def has_no_digits(self, text: str) -> str:
        return f"{text} ~ '[^0-9]'"

    def has(self, text: str, part: str) -> str:
        return f"strpos({text}, {part}) > 0"

    def greatest(self, *values: str) -> str:
        return f"greatest({', '.join(values)})"
