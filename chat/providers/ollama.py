"""Ollama on this machine or another, through its OpenAI-compatible API."""

from __future__ import annotations

import openai

from chat.providers.openai_compatible import OpenAICompatibleAdapter
from deepwiki.foundation.ollama_address import ollama_address


class Ollama(OpenAICompatibleAdapter):
    """One Ollama server."""

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key="ollama",
            base_url=f"{ollama_address(self.config.address)}/v1",
            **self.client_options(),
        )
