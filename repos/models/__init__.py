"""The tables of repositories, their indexes and index jobs."""

from repos.models.addition import RepositoryAddition
from repos.models.index import Chunk, Document, Embedding, Index, Term, vector_text
from repos.models.job import IndexJob, IndexJobQuerySet
from repos.models.permissions import may_share_of_others
from repos.models.repository import Repository, RepositoryQuerySet

__all__ = [
    "Chunk",
    "Document",
    "Embedding",
    "Index",
    "IndexJob",
    "IndexJobQuerySet",
    "Repository",
    "RepositoryAddition",
    "RepositoryQuerySet",
    "Term",
    "may_share_of_others",
    "vector_text",
]
