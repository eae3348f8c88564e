"""The command line: one module a noun; it never imports the application."""
