"""Paths of the repositories app."""

from django.urls import path, re_path

from repos import views, webhooks

urlpatterns = [
    path("repositories/add", views.add, name="repository-add"),
    path("r/<uuid:repository_id>/status", views.status, name="repository-status"),
    path("r/<uuid:repository_id>/refresh", views.refresh, name="repository-refresh"),
    path("r/<uuid:repository_id>/webhook", views.webhook_secret, name="repository-webhook"),
    path("webhooks/<uuid:repository_id>", webhooks.webhook, name="webhook"),
    re_path(
        r"^r/(?P<repository_id>[0-9a-f-]{36})/job/(?P<action>pause|resume|cancel)$",
        views.control,
        name="repository-job",
    ),
]
