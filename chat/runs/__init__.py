"""Answers being generated: one run each, its record, and following it from elsewhere.

run.py drives, event_log.py numbers, coalescer.py joins text, saver.py and recorder.py
store, replay.py reads what another process stored, pubsub.py notifies other processes.
"""

from chat.runs.background import keep
from chat.runs.event_log import EventLog
from chat.runs.manager import RunManager
from chat.runs.ports import NoRecord, Recorder
from chat.runs.run import Run

__all__ = ["EventLog", "NoRecord", "Recorder", "Run", "RunManager", "keep"]
