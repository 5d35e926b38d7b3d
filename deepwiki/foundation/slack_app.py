"""The Slack app that may ask questions here, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deepwiki.foundation.env import ConfigError, Environment

API = "https://slack.com/api"
ANY_CHANNEL = "*"


@dataclass(frozen=True)
class SlackApp:
    """`repositories` are those of channels, by the channel's id; ANY_CHANNEL stands for the others."""

    signing_secret: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    api: str = API
    repositories: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_on(self) -> bool:
        """Whether there is one: it signs its events and may write."""
        return bool(self.signing_secret and self.bot_token)

    def repository_of(self, channel: str) -> str:
        """The repository that questions in a channel are about; empty where none is set."""
        return self.repositories.get(channel) or self.repositories.get(ANY_CHANNEL, "")


def slack_app(env: Environment) -> SlackApp:
    """The app that the environment describes. Raises ConfigError."""
    return SlackApp(
        env.text("DEEPWIKI_SLACK_SIGNING_SECRET"),
        env.text("DEEPWIKI_SLACK_BOT_TOKEN"),
        env.http_address("DEEPWIKI_SLACK_API", API),
        _repositories(env, "DEEPWIKI_SLACK_REPOSITORIES"),
    )


def _repositories(env: Environment, name: str) -> dict[str, str]:
    repositories = {}
    for item in env.items(name):
        channel, _, repository = (part.strip() for part in item.partition("="))
        if not channel or not repository:
            raise ConfigError(f"{name} must list channel=owner/repo, not {item!r}.")
        repositories[channel] = repository
    return repositories
