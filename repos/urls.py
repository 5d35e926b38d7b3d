"""Paths of the repositories app."""

from django.urls import path

from repos import views, webhooks
from repos.access import views as access_views

urlpatterns = [
    path("repositories/add", views.add, name="repository-add"),
    path("r/<uuid:repository_id>/status", views.status, name="repository-status"),
    path("r/<uuid:repository_id>/refresh", views.refresh, name="repository-refresh"),
    path("r/<uuid:repository_id>/remove", views.remove, name="repository-remove"),
    path("r/<uuid:repository_id>/take-back", views.take_back, name="repository-take-back"),
    path("r/<uuid:repository_id>/rename", views.rename, name="repository-rename"),
    path("r/<uuid:repository_id>/size", views.size, name="repository-size"),
    path("r/<uuid:repository_id>/people", access_views.people, name="repository-people"),
    path("r/<uuid:repository_id>/webhook", views.webhook_secret, name="repository-webhook"),
    path("webhooks/<uuid:repository_id>", webhooks.webhook, name="webhook"),
    path("r/<uuid:repository_id>/job/<slug:action>", views.control, name="repository-job"),
]
