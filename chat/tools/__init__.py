"""The tools that a model may call while it answers: reading one commit of a repository."""

from chat.tools.registry import TOOLS
from chat.tools.toolbox import RepositoryToolbox, toolbox

__all__ = ["TOOLS", "RepositoryToolbox", "toolbox"]
