"""Answers for whoever has a terminal of this machine: they leave no rows."""

from __future__ import annotations

import uuid

from chat.core.completion import AnswerContext
from chat.core.pipeline import answer
from chat.core.ports import Model
from chat.core.request import ChatRequest
from chat.runs import Run
from chat.services.agent_tools import RetrieverTools
from chat.services.configuration import agent_limits, answer_limits, providers
from chat.services.retrieval import RepositoryRetriever
from repos.access import OPERATOR_ID
from repos.models import Repository


def start_operator_run(repository: Repository, request: ChatRequest, model: Model) -> Run:
    """The run of an answer about one repository, of any owner."""
    retriever = RepositoryRetriever(repository.pk, repository.added_by_id or OPERATOR_ID)
    run = Run(id=uuid.uuid4())
    run.start(retriever.releasing(answer(_context(request, model, retriever))))
    return run


def _context(request: ChatRequest, model: Model, retriever: RepositoryRetriever) -> AnswerContext:
    return AnswerContext(
        request=request,
        history=(),
        retriever=retriever,
        provider=providers().adapter(model.provider),
        model=model,
        limits=answer_limits(),
        tools=RetrieverTools(retriever),
        agent_limits=agent_limits(),
    )
