"""Notices to somebody who is not at the desk, by a command of their own (docs/notify.md)."""
