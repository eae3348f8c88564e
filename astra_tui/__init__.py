"""Astra: the dispatch desk of a travel company, in a terminal."""

__version__ = "0.1.0"
