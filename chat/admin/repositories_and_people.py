"""The admin pages of repositories and people, with questions and tokens added."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.models import Message, Share
from chat.token_usage import tokens_where
from deepwiki.accounts.admin import PersonAdmin
from repos.admin import AdminSection, RepositoryAdmin, add_removed, add_section
from repos.admin.repository_page import counted
from repos.models import Repository

OF_REPOSITORY = "c.repository_id = repos_repository.id"
OF_PERSON_TODAY = "c.user_id = auth_user.id AND m.created_at >= date_trunc('day', now())"
RECENT = timedelta(days=30)

admin.site.unregister(Repository)
admin.site.unregister(User)


@admin.register(Repository)
class RepositoryWithFiguresAdmin(RepositoryAdmin):
    """Repositories with the tokens that answers about them took."""

    list_display = [*RepositoryAdmin.list_display[:-1], "tokens", RepositoryAdmin.list_display[-1]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Repository]:
        return super().get_queryset(request).annotate(tokens_used=tokens_where(OF_REPOSITORY))

    @admin.display(description=_("Tokens used"), ordering="tokens_used")
    def tokens(self, repository: Any) -> str:
        return f"{int(repository.tokens_used or 0):,}"


def _use_section(repository: Any) -> AdminSection:
    """How much a repository is asked about."""
    messages = Message.objects.filter(conversation__repository=repository, role=Message.Role.USER)
    facts = [
        (gettext("Conversations"), counted(repository.conversations.all())),
        (gettext("Questions"), counted(messages)),
        (gettext("Tokens used"), f"{int(repository.tokens_used or 0):,}"),
        (gettext("Last used"), date_format(repository.used_at, "DATETIME_FORMAT")),
    ]
    return AdminSection(
        gettext("Use"),
        facts,
        [(gettext("Ask about it"), reverse("repository", args=[repository.pk]))],
    )


def _removed(repository: Repository) -> list[tuple[str, str]]:
    conversations = repository.conversations.all()
    return [
        (gettext("conversations"), counted(conversations)),
        (gettext("messages"), counted(Message.objects.filter(conversation__repository=repository))),
        (
            gettext("links to conversations"),
            counted(Share.objects.filter(conversation__in=conversations)),
        ),
    ]


add_section(_use_section)
add_removed(_removed)


@admin.register(User)
class PersonWithFiguresAdmin(PersonAdmin):
    """People with their questions of the last 30 days and their tokens of today."""

    list_display = [
        "username",
        "email",
        "role",
        "last_seen",
        "recent_questions",
        "tokens_spent_today",
        "quota",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = super().get_queryset(request)
        return people.annotate(
            question_count=_question_count(), token_count=tokens_where(OF_PERSON_TODAY)
        )

    @admin.display(description=_("Questions"), ordering="question_count")
    def recent_questions(self, person: Any) -> int:
        return int(person.question_count or 0)

    @admin.display(description=_("Tokens today"), ordering="token_count")
    def tokens_spent_today(self, person: Any) -> str:
        return f"{int(person.token_count or 0):,}"


def _question_count() -> Coalesce:
    """How many questions a person asked within RECENT."""
    since = timezone.now() - RECENT
    questions = Message.objects.filter(asked_by=OuterRef("pk"), created_at__gt=since).order_by()
    counts = questions.values("asked_by").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), 0)
