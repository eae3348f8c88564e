"""A command's terminal: which shell it was given in, and what happens if its connection is lost."""
