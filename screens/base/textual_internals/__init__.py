"""Every private name of Textual that Astra uses, in one folder: a new version may change them.

tests/screens/test_textual_internals.py checks each assumption against the installed Textual.
"""

from screens.base.textual_internals.app_screens import (
    SteadyBatches,
    SteadyScreen,
    adopt_styles,
    all_screens,
    begin_in,
    forget_copied,
)
from screens.base.textual_internals.key_names import (
    TYPED,
    bindings_of,
    character_to_key,
    is_character,
    keymap_of,
    rename_action,
)
from screens.base.textual_internals.progress import (
    is_at_rest,
    is_closing,
    is_painted,
    mounted_event,
    screens_in_sight,
)
from screens.base.textual_internals.terminal import (
    ENDING,
    LOOK_FOR_THE_END_S,
    READ_AT_ONCE,
    WITHOUT_TITLE,
    SteadyDriver,
    SteadyTerminal,
    TerminalFile,
    drawing_terminal,
)
from screens.base.textual_internals.widgets import (
    Leaf,
    SegmentTable,
    forget_pressed,
    highlighted_index,
    show_in_select,
    show_text_cursor,
)

__all__ = [
    "ENDING",
    "LOOK_FOR_THE_END_S",
    "READ_AT_ONCE",
    "TYPED",
    "WITHOUT_TITLE",
    "Leaf",
    "SegmentTable",
    "SteadyBatches",
    "SteadyDriver",
    "SteadyScreen",
    "SteadyTerminal",
    "TerminalFile",
    "adopt_styles",
    "all_screens",
    "begin_in",
    "bindings_of",
    "character_to_key",
    "drawing_terminal",
    "forget_copied",
    "forget_pressed",
    "highlighted_index",
    "is_at_rest",
    "is_character",
    "is_closing",
    "is_painted",
    "keymap_of",
    "mounted_event",
    "rename_action",
    "screens_in_sight",
    "show_in_select",
    "show_text_cursor",
]
