"""The tables of repositories, their indexes and index jobs."""

from repos.models.addition import RepositoryAddition
from repos.models.chunks import Chunk, Embedding, Term, vector_text
from repos.models.graph import GraphArtifact, GraphDefinition, GraphFile, GraphReferences
from repos.models.index import LATEST_GENERATION, PATH_END_CHARS, Document, Index
from repos.models.job import IndexJob, IndexJobQuerySet
from repos.models.links import Identifiers, Link, Name
from repos.models.outgoing import OutgoingWebhook, WebhookDelivery, WebhookEvent
from repos.models.permissions import may_share_of_others
from repos.models.postings import Posting
from repos.models.repository import Repository, RepositoryQuerySet
from repos.models.snapshots import IndexHold
from repos.models.trigrams import Trigrams

__all__ = [
    "LATEST_GENERATION",
    "PATH_END_CHARS",
    "Chunk",
    "Document",
    "Embedding",
    "GraphArtifact",
    "GraphDefinition",
    "GraphFile",
    "GraphReferences",
    "Identifiers",
    "Index",
    "IndexHold",
    "IndexJob",
    "IndexJobQuerySet",
    "Link",
    "Name",
    "OutgoingWebhook",
    "Posting",
    "Repository",
    "RepositoryAddition",
    "RepositoryQuerySet",
    "Term",
    "Trigrams",
    "WebhookDelivery",
    "WebhookEvent",
    "may_share_of_others",
    "vector_text",
]
