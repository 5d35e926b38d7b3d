"""Texts of a request: bounded, without characters that cannot be stored."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from deepwiki.foundation.text import clean

MAX_LINE = 2_147_483_647
# A query of several, each of whose characters may take twelve bytes, is still within the line of a
# request that servers read.
SHORT_CHARS, TEXT_CHARS = 200, 500
NO_NUL = r"^[^\x00]*$"  # a middleware refuses it in addresses; in bodies it is replaced
Short = Annotated[str, StringConstraints(max_length=SHORT_CHARS), AfterValidator(clean)]
Text = Annotated[str, StringConstraints(max_length=TEXT_CHARS), AfterValidator(clean)]
QueryShort = Annotated[
    str, StringConstraints(max_length=SHORT_CHARS, pattern=NO_NUL), AfterValidator(clean)
]
QueryText = Annotated[
    str, StringConstraints(max_length=TEXT_CHARS, pattern=NO_NUL), AfterValidator(clean)
]


class RequestBody(BaseModel):
    """A body of a request: an object whose values are of the stated types, not alike ones."""

    model_config = ConfigDict(strict=True)
