"""Answers being made: one run each, its record in the database, and following it from another process."""

from chat.core.events import Numbered
from chat.runs.background import keep
from chat.runs.manager import RunManager
from chat.runs.run import NoRecord, Recorder, Run

__all__ = ["NoRecord", "Numbered", "Recorder", "Run", "RunManager", "keep"]
