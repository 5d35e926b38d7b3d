"""Repositories, documents, indexes and jobs in the admin.

`chat.admin` and `deepwiki.wiki.admin` add what they know of a repository.
"""

from repos.admin import overview
from repos.admin.index_rows import DocumentAdmin, IndexAdmin, IndexJobAdmin
from repos.admin.outgoing_webhooks import OutgoingWebhookAdmin, WebhookDeliveryAdmin
from repos.admin.repositories import RepositoryAdmin
from repos.admin.repository_page import AdminSection, add_removed, add_section

__all__ = [
    "AdminSection",
    "DocumentAdmin",
    "IndexAdmin",
    "IndexJobAdmin",
    "OutgoingWebhookAdmin",
    "RepositoryAdmin",
    "WebhookDeliveryAdmin",
    "add_removed",
    "add_section",
    "overview",
]
