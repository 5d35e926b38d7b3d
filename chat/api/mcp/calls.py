"""Carrying out a call of a tool; whatever goes wrong becomes a result the model can read."""

from __future__ import annotations

import logging
import time

from chat.api.mcp.registry import TOOLS_BY_NAME
from chat.api.mcp.tool import CallRequest, Report, ToolCallOutcome, failed
from chat.core.errors import ChatError, Internal
from chat.tools.parameters import WrongArguments
from chat.tools.results import shown
from deepwiki.foundation import metrics
from deepwiki.foundation.incidents import log_incident

logger = logging.getLogger(__name__)
REPORT_SECONDS = 0.5  # between two reports of progress


async def call_tool(name: str, call: CallRequest) -> ToolCallOutcome:
    """The result of a call, or what to correct."""
    tool = TOOLS_BY_NAME.get(name)
    if tool is None:
        return failed(f"There is no tool {shown(name)}. The tools are: {', '.join(TOOLS_BY_NAME)}.")
    try:
        await call.caller.check(tool.scope)
        return await tool.run(call)
    except WrongArguments as error:
        return failed(str(error))
    except ChatError as error:
        metrics.errors.labels(error.code).inc()
        return failed(_words(error))
    except Exception:
        return failed(Internal(log_incident(logger, "a tool failed")).message)


def _words(error: ChatError) -> str:
    if error.retry_after:
        return f"{error.message} Retry after {error.retry_after} seconds."
    return error.message


def seldom(report: Report) -> Report:
    """The same, leaving out what comes too soon after the one before."""
    last = 0.0

    async def report_seldom(message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_SECONDS:
            last = now
            await report(message)

    return report_seldom
