"""Adding to the lists of accepted values, retiring and renaming (docs/rules.md, Accepted values)."""

from dispatch.operations.lists.changing import add_value, rename_value, retire_value
from dispatch.operations.lists.uses import list_values

__all__ = ["add_value", "list_values", "rename_value", "retire_value"]
