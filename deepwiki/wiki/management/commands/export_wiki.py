"""`manage.py export_wiki <repository>`: writes a wiki to a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deepwiki.wiki.exports.formats import FORMATS, ExportFormat
from deepwiki.wiki.exports.wiki_export import WikiExport, load_export
from deepwiki.wiki.models import Wiki
from deepwiki.wiki.translation.languages import BY_CODE
from repos import services


class Command(BaseCommand):
    help = "Writes the wiki of a repository to a file. Exit codes: 0 done, 1 not written, 2 no such wiki."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repository", help="Address, owner/repo, folder or id.")
        parser.add_argument("--format", dest="file_format", choices=[*FORMATS], default="markdown")
        parser.add_argument("--language", default="en", choices=[*BY_CODE], help="Of its pages.")
        parser.add_argument("--output", default="", help="A file; else one named by the wiki.")
        parser.add_argument("--json", action="store_true", help="One JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        export = _export(options["repository"], options["language"])
        if export is None:
            self._exit(2, f"There is no wiki of {options['repository']}.")
            return
        chosen = FORMATS[options["file_format"]]
        path = Path(options["output"] or f"wiki.{chosen.suffix}")
        try:
            _write(path, chosen, export)
        except OSError as error:
            self._exit(1, f"{path} cannot be written: {error.strerror}.")
        words = f"{len(export.pages)} pages in {path}"
        if options["json"]:
            words = json.dumps({"pages": len(export.pages), "file": str(path)})
        self.stdout.write(words)

    def _exit(self, status: int, message: str) -> None:
        self.stderr.write(message)
        sys.exit(status)


def _export(name: str, language: str) -> WikiExport | None:
    """What is exported; None without a page."""
    repository = services.find_for_operator(name)
    wiki = Wiki.objects.filter(repository=repository, is_disabled=False).first()
    export = load_export(wiki, language) if wiki is not None else None
    return export if export is not None and export.pages else None


def _write(path: Path, chosen: ExportFormat, export: WikiExport) -> None:
    path.write_bytes(chosen.write(export))
