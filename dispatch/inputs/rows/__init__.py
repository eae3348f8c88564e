"""Rows of any file that people send: CSV of every dialect, JSON, and the SQL text of database programs."""

from dispatch.inputs.rows.reader import RowReader, open_stream
from dispatch.inputs.rows.row import Known, Row

__all__ = ["Known", "Row", "RowReader", "open_stream"]
