"""The tools of an answer's agent: over what its retriever has searched, with a map of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.core.ports import AgentTools, Retrieved
from chat.services.retrieval import RepositoryRetriever
from chat.tools import toolbox
from chat.tools.repository import RepositoryAtCommit
from deepwiki.foundation.threads import in_thread
from repos.graph import repository_map

MAP_TOKENS = 2_000


@dataclass(frozen=True)
class RetrieverTools:
    """See ToolSource. All tools read the snapshot that the retriever took."""

    retriever: RepositoryRetriever

    async def load(self, retrieved: Retrieved) -> AgentTools:
        """See ToolSource. The snapshot is released by whoever releases the retriever."""
        return await in_thread(self._tools)

    def _tools(self) -> AgentTools:
        retriever, searched = self.retriever, self.retriever.searched
        assert searched, "tools are loaded after the search"
        tools = toolbox(
            [one.repository.pk for one in searched],
            person_id=retriever.person_id,
            filters=retriever.filters,
            snapshots=[one.snapshot for one in searched],
        )
        return AgentTools(tools, _maps(searched))


def _maps(searched: Sequence[RepositoryAtCommit]) -> str:
    """The map of each repository below its name; together as long as that of one."""
    tokens = MAP_TOKENS // len(searched)
    return "\n".join(
        "\n".join([*filter(None, [one.prefix]), map_text(one.index_id, one.generation, tokens)])
        for one in searched
    )


@lru_cache(maxsize=32)
def map_text(index_id: int, generation: int, tokens: int = MAP_TOKENS) -> str:
    """The map of an index, made once for each state of it: services cache what begins a prompt."""
    return "\n".join(entry.text for entry in repository_map(index_id, tokens, at=generation))
