"""Outgoing webhooks and the log of what was sent, in the admin."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from deepwiki.foundation.read_only_admin import ListedFilters, ReadOnlyWithActions
from repos import outgoing
from repos.models import OutgoingWebhook, WebhookDelivery, WebhookEvent
from repos.outgoing.delivery import network
from repos.sources import SourceError
from repos.sources.http_post import check_target

SECRET_BYTES = 32


class OutgoingWebhookForm(forms.ModelForm[OutgoingWebhook]):
    """The address must pass the network policy."""

    events = forms.MultipleChoiceField(
        label=_("Events"), choices=WebhookEvent, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = OutgoingWebhook
        fields = ["url", "events", "is_active"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            check_target(url, network())
        except SourceError as error:
            raise forms.ValidationError(str(error)) from error
        return url


@admin.register(OutgoingWebhook)
class OutgoingWebhookAdmin(ListedFilters):
    """Receivers. The secret is made here and shown once."""

    form = OutgoingWebhookForm
    list_display = ["url", "events", "is_active", "created_by", "created_at"]
    list_select_related = ["created_by"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        """See ModelAdmin."""
        if change:
            super().save_model(request, obj, form, change)
            return
        secret = secrets.token_urlsafe(SECRET_BYTES)
        obj.secret, obj.created_by = secret, request.user
        super().save_model(request, obj, form, change)
        told = _("The secret that signs what is sent, shown only this once: %s") % secret
        messages.warning(request, told)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyWithActions):
    """What was sent, and what was answered."""

    list_display = ["event", "webhook", "state", "tries", "status", "error", "created_at"]
    list_filter = ["state", "event"]
    list_select_related = ["webhook"]
    actions = ["send_again"]

    @admin.action(description=_("Send the chosen ones again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for delivery in queryset:
            outgoing.send_again(delivery)
