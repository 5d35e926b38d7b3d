"""Ollama on this machine or another, through its OpenAI-compatible API."""

from __future__ import annotations

import openai

from chat.providers.ollama_discovery import base_url
from chat.providers.openai_compatible import OpenAICompatibleAdapter


class Ollama(OpenAICompatibleAdapter):
    """One Ollama server."""

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(
            api_key="ollama",
            base_url=f"{base_url(self.config.address)}/v1",
            **self.client_options(),
        )
