"""The events of an answer on the terminal, or as one JSON object at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import click

Event = dict[str, Any]


@dataclass
class AnswerPrinter:
    """The answer goes to standard output, what happens meanwhile to standard error."""

    as_json: bool = False
    text: list[str] = field(default_factory=list)
    sources: Event = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    usage: Event = field(default_factory=dict)
    state: str = ""
    error: str = ""

    def show(self, event: Event) -> None:
        """Take one event."""
        match event.get("event"):
            case "delta":
                self._add_text(str(event.get("text", "")))
            case "status" | "notice":
                self._tell(event)
            case "step" if event.get("state") != "running":
                self._aside(str(event.get("summary", "")))
            case "sources":
                self.sources = event
            case "usage":
                self.usage = event
            case "error":
                self.error = str(event.get("message", ""))
            case "done":
                self.state = str(event.get("state", ""))

    def summary(self) -> Event:
        """What --json writes."""
        return {
            "answer": "".join(self.text),
            "state": self.state or "partial",
            "commit": self.sources.get("commit", ""),
            "mode": self.sources.get("mode", ""),
            "sources": self._places(),
            "notices": self.notices,
            "usage": {
                key: self.usage[key] for key in sorted(self.usage.keys() - {"event", "run", "seq"})
            },
            "error": self.error or None,
        }

    def show_end(self) -> None:
        """The sources, below the answer."""
        places = self._places()
        if places:
            click.secho(f"\n\nSources at {self._short_commit()}:", bold=True)
        for place in places:
            _show_place(place)

    def _short_commit(self) -> str:
        return str(self.sources.get("commit", ""))[:10]

    def _places(self) -> list[Event]:
        items = self.sources.get("items", [])
        return [item for item in items if isinstance(item, dict)]

    def _add_text(self, text: str) -> None:
        self.text.append(text)
        if not self.as_json:
            click.echo(text, nl=False)

    def _tell(self, event: Event) -> None:
        self._note(event)
        self._aside(str(event.get("message", "")))

    def _note(self, event: Event) -> None:
        if event["event"] == "notice":
            self.notices.append(str(event.get("code", "")))

    def _aside(self, text: str) -> None:
        if text and not self.as_json:
            click.secho(text, fg="bright_black", err=True)


def _show_place(place: Event) -> None:
    where = click.style(_lines(place), fg="cyan")
    click.echo(f"  {where}  {place.get('symbol', '')}")


def _lines(place: Event) -> str:
    return f"{place.get('path')}:{place.get('start')}-{place.get('end')}"
