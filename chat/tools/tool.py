"""One tool: what a model is told of it, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chat.core.tool_calls import ToolSpec
from chat.tools.arguments import Arguments, object_schema
from chat.tools.parameters import ChoiceParameter, Parameter
from chat.tools.repository import RepositoryAtCommit
from chat.tools.results import ToolOutput

REPOSITORY = "repository"
# The description of a parameter of several tools.
PATHS = (
    "Only these files and folders: paths or globs from the root, such as src/, *.py,"
    " tests/**/*.py. All files without it."
)


@dataclass(frozen=True)
class Tool:
    """A tool over one repository. `run` may take up to CALL_SECONDS, in a thread.

    `run` raises WrongArguments for what the model can correct. `reads_as_person`: the
    statement that reads holds the permission, and without it gives no passages.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    run: Callable[[RepositoryAtCommit, Arguments], ToolOutput]
    reads_as_person: bool = False

    def parameters_for(self, repositories: Sequence[str]) -> tuple[Parameter, ...]:
        """Its parameters; of several repositories one is chosen by name."""
        return (*_choice_of(repositories), *self.parameters)

    def spec(self, repositories: Sequence[str]) -> ToolSpec:
        """How a model is told of it."""
        schema = object_schema(self.parameters_for(repositories))
        return ToolSpec(self.name, self.description, schema)


def _choice_of(repositories: Sequence[str]) -> tuple[Parameter, ...]:
    """The parameter that names one of several; none for one alone."""
    if len(repositories) == 1:
        return ()
    return (repository_parameter(repositories),)


def repository_parameter(repositories: Sequence[str]) -> Parameter:
    return ChoiceParameter(
        REPOSITORY,
        "The repository to look in.",
        is_required=True,
        aliases=("repo",),
        choices=tuple(repositories),
    )
