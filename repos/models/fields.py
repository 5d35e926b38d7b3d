"""Field types that Django lacks."""

from django.db import models


class RealField(models.FloatField):  # type: ignore[type-arg]
    """A float of 4 bytes."""

    def db_type(self, connection: object) -> str:
        return "real"
