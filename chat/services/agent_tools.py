"""The tools of an answer's agent: over what its retriever has searched, with a map of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from chat.core.ports import AgentTools, Retrieved
from chat.services.retrieval import RepositoryRetriever
from chat.tools import toolbox
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
        retriever, snapshot = self.retriever, self.retriever.snapshot
        assert snapshot is not None, "tools are loaded after the search"
        tools = toolbox(
            [retriever.repository_id],
            person_id=retriever.person_id,
            filters=retriever.filters,
            snapshots=[snapshot],
        )
        return AgentTools(tools, map_text(snapshot.index_id, snapshot.generation))


@lru_cache(maxsize=32)
def map_text(index_id: int, generation: int) -> str:
    """The map of an index, made once for each state of it: services cache what begins a prompt."""
    return "\n".join(entry.text for entry in repository_map(index_id, MAP_TOKENS, at=generation))
