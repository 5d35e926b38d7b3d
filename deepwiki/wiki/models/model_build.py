"""What a build by a language model is asked to do, and what it has cost."""

from __future__ import annotations

from django.db import models


class ModelBuild(models.Model):
    """Fields of a build. Without a `model` its pages are made from the code only.

    `max_tokens` and `max_cost` (dollars) are the caps at which it pauses, 0: none. `plan` is
    what the model says of the plan at `commit`: `pages` as `ArrangedPage.as_json()` and their
    `purposes` by slug, or why there is none as `notice` with a `detail`.
    `only_slug` is the one page that is made, empty: all. `language` is the code of an answer
    language, empty: that of the repository's settings. One `by_operator` was ordered at a
    terminal, where there is no person to note.
    """

    provider = models.CharField(max_length=100, blank=True, default="", db_default="")
    model = models.CharField(max_length=500, blank=True, default="", db_default="")
    max_tokens = models.BigIntegerField(default=0, db_default=0)
    max_cost = models.FloatField(default=0, db_default=0)
    input_tokens = models.BigIntegerField(default=0, db_default=0)
    output_tokens = models.BigIntegerField(default=0, db_default=0)
    cost = models.FloatField(default=0, db_default=0)
    plan = models.JSONField(default=dict, db_default={}, blank=True)
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    only_slug = models.CharField(max_length=100, blank=True, default="", db_default="")
    by_operator = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    @property
    def tokens(self) -> int:
        """All that it has used."""
        return self.input_tokens + self.output_tokens
