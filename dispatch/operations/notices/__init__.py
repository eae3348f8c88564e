"""What the desk tells somebody outside it, by a command of their own (docs/notify.md)."""
