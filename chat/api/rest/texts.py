"""Texts of a request: bounded, without characters that cannot be stored."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from deepwiki.foundation.text import clean

# A query of several, each of whose characters may take twelve bytes, is still within the line of a
# request that servers read.
MAX_LINE = 2_147_483_647
# What PostgreSQL stores; a middleware refuses the others.
NO_NUL = r"^[^\x00]*$"
Short = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL), AfterValidator(clean)]
Text = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL), AfterValidator(clean)]


class RequestBody(BaseModel):
    """A body of a request: an object whose values are of the stated types, not alike ones."""

    model_config = ConfigDict(strict=True)
