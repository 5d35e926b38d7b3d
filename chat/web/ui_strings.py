"""The interface's words that no template holds: those of the page's script, and those of errors and notices.

The answer core speaks English and knows no framework; what it says is looked up here by its own words.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Every fixed sentence of the answer core and of what stands around it; a test holds the list complete.
SAID = (
    gettext_noop("Something went wrong."),
    gettext_noop("The request cannot be understood."),
    gettext_noop("The request is too large. Send a shorter question or less history."),
    gettext_noop("Sign in to ask."),
    gettext_noop(
        "There is no such repository, or you may not see it. Check the address, or add an access token that can read it."
    ),
    gettext_noop("Too many requests. Wait a moment and ask again."),
    gettext_noop("Error preparing retriever: the repository could not be read."),
    gettext_noop("The model's service had a problem. Try again in a moment."),
    gettext_noop(
        "The model's service refused the server's key. The administrator can check the key in the settings."
    ),
    gettext_noop("The model's service is busy and asks to wait. Try again in a moment."),
    gettext_noop(
        "This is too much text for the model. Shorten the question, start a new conversation, or choose a larger model."
    ),
    gettext_noop("The model's service does not know this model. Choose another one."),
    gettext_noop(
        "The model's service declined to answer this question. Rephrase it or choose another model."
    ),
    gettext_noop(
        "The model's service does not answer. Try again in a moment or choose another model."
    ),
    gettext_noop(
        "The model's service broke off in the middle of the answer. What came is kept; ask again for the rest."
    ),
    gettext_noop(
        "The model's service does not accept this request. Choose another model or shorten the question."
    ),
    gettext_noop("The server is restarting. Ask again in a moment."),
    gettext_noop(
        "DeepWiki is temporarily unavailable. Try again in a minute: nothing of yours is lost."
    ),
    gettext_noop("The answer reached the longest this server allows. What came is kept."),
    gettext_noop("The model's service gave an empty answer. Ask again or choose another model."),
    gettext_noop(
        "Another answer of yours is still being written. Wait for it or stop it, then ask again."
    ),
    gettext_noop(
        "You have used what you may use in a day. Ask again tomorrow, or use Search only."
    ),
    gettext_noop(
        "Nothing in the repository matches these words. Try the names the code itself uses."
    ),
    gettext_noop("This repository is still being indexed: the search went by words alone."),
    gettext_noop(
        "This question was answered a moment ago: this is that answer. Ask anew for another."
    ),
    gettext_noop("Deep Research needs a language model. These are the passages found."),
    gettext_noop("The model found this too long; asking again with less of the repository."),
    gettext_noop("The answer could not be stored yet; it is tried again. Copy it to be safe."),
    gettext_noop("There is no such conversation, or it is not yours."),
    gettext_noop("There is no such answer, or it is not yours."),
    gettext_noop(
        "The message this follows is not in the conversation. Reload the page and ask again."
    ),
    gettext_noop("Sign in to use an access token."),
    gettext_noop("You have too many connections open. Close some pages and try again."),
    gettext_noop("One question at a time: stop the running answer or wait for it."),
    gettext_noop("Your session has ended. Sign in again."),
    gettext_noop(
        "Error preparing retriever: the repository is still being indexed. Ask again in a few minutes."
    ),
    gettext_noop(
        "Error preparing retriever: indexing is paused. Resume it on the repository's page."
    ),
    gettext_noop(
        "This request did not come from a page of this site. Reload the page and try again."
    ),
)


# Labels of models.toml that are no names.
LABELS = (gettext_noop("Search only"), gettext_noop("Ranked excerpts, no language model"))

# Why a file was left out, as repos/indexing/file_selection.py says it.
LEFT_OUT = (
    gettext_noop("link"),
    gettext_noop("submodule"),
    gettext_noop("secret"),
    gettext_noop("unusable name"),
    gettext_noop("vendored"),
    gettext_noop("lock file"),
    gettext_noop("generated"),
    gettext_noop("translation"),
    gettext_noop("binary"),
    gettext_noop("too large"),
    gettext_noop("empty"),
    gettext_noop("ignored"),
    gettext_noop("over the repository limit"),
    gettext_noop("minified"),
)


# What is being done for a repository that is asked about while it is indexed.
STAGES = (
    "Waiting for a free worker",
    "Fetching the repository",
    "Reading and cutting files",
    "Storing",
    "Computing vectors",
)


def said(message: str) -> str:
    """A sentence of the program in the reader's language; one that is not known stays as it is."""
    return _(message) if message else ""


def why(reason: str) -> str:
    """Why a passage came (see Passage)."""
    reasons = {
        "named": _("named in your question"),
        "words": _("by its words"),
        "meaning": _("by its meaning"),
        "both": _("by words and meaning"),
    }
    return reasons.get(reason, "")


def facts() -> dict[str, str]:
    """The names of what is told about an answer on demand."""
    return {
        "provider": _("Provider"),
        "model": _("Model"),
        "first_token_ms": _("First word"),
        "total_ms": _("In all"),
        "input_tokens": _("Tokens read"),
        "output_tokens": _("Tokens written"),
        "cost": _("Cost"),
        "verified": _("Citations found"),
        "commit": _("Commit"),
    }


def javascript_strings() -> dict[str, object]:
    """What the page's script says. Places in braces are filled in there."""
    return {
        "searching": _("Searching"),
        "searchingFiles": _("Searching {n} files"),
        "thinking": _("Thinking"),
        "reading": _("Reading {n} passages"),
        "progress": _("{message} ({done} of {total})"),
        "round": _("Round {n} of at most {of}"),
        "plan": _("Plan"),
        "update": _("Update {n}"),
        "conclusion": _("Conclusion"),
        "passages": _("{n} passages"),
        "complete": _("The answer is complete."),
        "ended": _("The answer has ended."),
        "stopped": _("You stopped this answer."),
        "interrupted": _("The server stopped while writing this answer. Ask again for the rest."),
        "retrying": _("retrying…"),
        "reconnecting": _("reconnecting…"),
        "http": _("Connected over HTTP"),
        "lost": _("The connection was lost. Reload the page: what was answered is kept."),
        "silent": _("The server did not answer. Try again in a moment."),
        "copied": _("Copied"),
        "copy": _("Copy"),
        "wrap": _("Wrap"),
        "edit": _("Edit"),
        "cancel": _("Cancel"),
        "askAgain": _("Ask again"),
        "editLabel": _("Your question in other words"),
        "version": _("Version {n} of {of}"),
        "previous": _("Previous version"),
        "source": _("Source"),
        "wait": _("Too many requests. Ask again in {n} seconds."),
        "resize": _("Width of the source pane"),
        "facts": facts(),
        "why": {name: why(name) for name in ("named", "words", "meaning", "both")},
        "said": {sentence: _(sentence) for sentence in (*SAID, *STAGES)},
    }
