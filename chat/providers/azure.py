"""Azure OpenAI. A model's id is the name of its deployment."""

from __future__ import annotations

import openai

from chat.providers.openai_compatible import OpenAICompatibleAdapter

DEFAULT_VERSION = "2024-12-01-preview"


class Azure(OpenAICompatibleAdapter):
    """One Azure OpenAI resource. AZURE_OPENAI_VERSION names the version of its API."""

    def _client(self) -> openai.AsyncOpenAI:
        return openai.AsyncAzureOpenAI(
            api_key=self.config.key,
            azure_endpoint=self.config.address,
            api_version=self.config.environment.get("AZURE_OPENAI_VERSION") or DEFAULT_VERSION,
            **self.client_options(),
        )
