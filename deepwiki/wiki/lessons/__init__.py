"""Slides and workshops that a language model wrote as JSON, checked. Pure.

Nothing of a model is taken as it is: texts are escaped and cut, citations name lines that are
there, quoted lines are those of the file, and a diagram's nodes are files that exist.
"""

from deepwiki.wiki.lessons.checked_json import CheckedFiles, NotUsable
from deepwiki.wiki.lessons.given_slides import slides_from_json
from deepwiki.wiki.lessons.given_workshop import workshop_from_json

__all__ = ["CheckedFiles", "NotUsable", "slides_from_json", "workshop_from_json"]
