"""The runs of this process."""

from chat.runs import RunManager

runs = RunManager()
