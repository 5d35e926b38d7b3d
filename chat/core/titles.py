"""Titles of conversations: by a model from the first exchange, else from the question's words."""

from __future__ import annotations

import re

from chat.core.pasted_text import split_pasted
from chat.core.ports import Model, Provider, Tokens
from chat.core.prompt import build_title_prompt
from chat.core.research_rounds import untagged
from chat.core.short_reply import short_reply

SECONDS = 20.0
READ_CHARS = 1_500  # of the question and of the answer each
MAX_CHARS = 60
LEAST_CHARS = 2
UNTITLED = "Question"
# What a question begins with before it names anything, in the interface's languages.
LEADING_WORDS = frozenset(
    """
    how what where why when which who whose can could would should do does did is are was were
    will you i we me us please explain describe show tell give find list about the a an of to there
    cómo qué dónde cuándo cuál cuáles quién por puedes explica muéstrame es son está están el la los
    las un una de se hay comment quoi que quel quelle quels quelles où pourquoi quand qui est sont
    le les des du peux tu vous explique montre ce est-ce como onde quando qual quais quem você pode
    explique mostre o os as um uma é são как что где когда почему зачем какой какая какие кто
    """.split()
)
TRAILING_WORDS = frozenset("do does did from work works mean means come comes used for".split())
CLAUSE_END = re.compile(r"[?!:;,.](?=\s|$)|[？！。；，：\n]")
LABEL = re.compile(r"^\s*(title|titre|título|заголовок)\s*:\s*", re.IGNORECASE)
MARKS = re.compile(r"[`*#_\"“”„«»]+(?=\s|$)|(?<!\w)[`*#_\"“”„«»]+")


async def model_title(
    provider: Provider, model: Model, question: str, answer: str
) -> tuple[str, Tokens]:
    """A title by the model, empty if its reply is none, and what it took.

    Raises the ProviderError family, TimeoutError.
    """
    prompt = build_title_prompt(untagged(question)[:READ_CHARS], answer[:READ_CHARS])
    reply, tokens = await short_reply(provider, model, prompt, SECONDS)
    return checked_title(reply), tokens


def checked_title(reply: str) -> str:
    """The title in a model's reply; empty for what is none: several lines, a text, an address."""
    lines = [line for line in reply.splitlines() if line.strip()]
    if len(lines) != 1 or "://" in reply:
        return ""
    title = " ".join(LABEL.sub("", MARKS.sub("", lines[0])).split()).rstrip(".。")
    if LEAST_CHARS <= len(title) <= MAX_CHARS and any(map(str.isalnum, title)):
        return title
    return ""


def title_from_words(question: str) -> str:
    """The words of a question's first clause without those that only ask, MAX_CHARS at most."""
    typed, pasted = split_pasted(untagged(question))
    lines = (typed or "".join(pasted[:1])).strip().splitlines() or [""]
    line = lines[0][:READ_CHARS].replace("`", "").strip().lstrip("¿¡")
    clause = CLAUSE_END.split(line, maxsplit=1)[0]
    words = _without_questioning(clause.split()) or line.split()
    return _as_title(_cut(" ".join(words)))


def _as_title(text: str) -> str:
    """Begins with a capital, unless an identifier or a path is first."""
    if not text:
        return UNTITLED
    first = text.split(" ", 1)[0]
    if first.isalpha() and first.islower():
        return text[0].upper() + text[1:]
    return text


def _without_questioning(words: list[str]) -> list[str]:
    while words and words[0].lower() in LEADING_WORDS:
        words = words[1:]
    while len(words) > 1 and words[-1].lower() in TRAILING_WORDS:
        words = words[:-1]
    return words


def _cut(text: str) -> str:
    """At most MAX_CHARS, cut between words where there is a place."""
    if len(text) <= MAX_CHARS:
        return text
    return f"{text[: MAX_CHARS - 1].rsplit(' ', 1)[0]}…"
