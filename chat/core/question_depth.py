"""Whether one search answers a question, told by its words: rules, and no model is asked.

A question needs an agent if it asks

- for a cause, a course of events, consequences or a comparison,
- for all uses of something, or who calls it,
- what happens when things fail or run at the same time,
- or is long, or names several things.

All else, such as where something is or what one thing does, one search answers.
"""

from __future__ import annotations

import re

MAX_WORDS = 20
MAX_CHARS = 45  # of a question in a script without spaces
MAX_NAMES = 2
WORD = re.compile(r"[^\W_]+(?:[-_'’.][^\W_]+)*")
NAME = re.compile(r"`[^`\n]{2,80}`|\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b\w+\(\)")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

# By the code of the answer language; a question is matched against all of them.
DEEP = {
    "en": (
        r"why|what (?:all )?happens|who calls|callers?|called (?:by|from)|call(?:s|ing)? chain"
        r"|differ(?:s|ence|ences|ent)|compar(?:e|es|ed|ing|ison)|trace|step by step"
        r"|flows?|life ?cycle|whole life|end to end|from .{2,60} (?:to|until|into) "
        r"|if (?:i|we|you|one) (?:change|remove|rename|replace)|affect(?:s|ed)?|impact"
        r"|breaks?|prevents?|race|deadlocks?|hangs?|crash(?:es)?|leaks?|twice|fails?|halfway"
        r"|at the same time|concurrent(?:ly)?|simultaneous(?:ly)?|consistent"
        r"|all (?:places|uses|usages|callers)|everywhere|each other|interacts?"
        r"|(?:root )?cause|debug"
    ),
    "es": (
        r"por qu[eé]|qu[eé] (?:pasa|ocurre|sucede)|qui[eé]n llama|diferencias?|compara(?:r|ci[oó]n)?"
        r"|paso a paso|si (?:cambio|modifico|elimino)|afecta(?:n|r)?|falla(?:n)?|todos los lugares"
        r"|al mismo tiempo"
    ),
    "fr": (
        r"pourquoi|que se passe|qui appelle|diff[eé]rences?|compare[rz]?|[eé]tape par [eé]tape"
        r"|si (?:je|on) (?:change|modifie|supprime)|affecte(?:nt|r)?|[eé]choue(?:nt)?"
        r"|tous les endroits|en m[eê]me temps"
    ),
    "pt-br": (
        r"por que|por qu[eê]|o que acontece|quem chama|diferen[cç]as?|compar(?:e|ar|a[cç][aã]o)"
        r"|passo a passo|se eu (?:mudar|alterar|remover)|afeta(?:m|r)?|falha(?:m|r)?"
        r"|todos os lugares|ao mesmo tempo"
    ),
    "ru": (
        r"почему|что происходит|что будет|кто вызывает|чем отлича\w+|разниц\w+|сравн\w+"
        r"|пошагово|если (?:изменить|удалить|поменять)|влияет|влияют|пада\w+|одновременно"
        r"|все места|взаимодейств\w+"
    ),
    "vi": (
        r"tại sao|vì sao|điều gì xảy ra|ai gọi|nơi nào gọi|khác nhau|so sánh|từng bước"
        r"|nếu (?:tôi )?(?:thay đổi|sửa|xóa)|ảnh hưởng|thất bại|cùng lúc|tất cả các nơi"
    ),
    "zh": r"为什么|为何|怎么会|发生什么|谁调用|区别|不同|比较|步骤|流程|经过|影响|失败|同时|所有地方|如果修改",
    "zh-tw": r"為什麼|為何|發生什麼|誰呼叫|區別|差異|比較|步驟|流程|經過|影響|失敗|同時|所有地方|如果修改",
    "ja": r"なぜ|どうして|何が起こ|どこから呼|呼び出し元|違い|比較|流れ|手順|影響|失敗|同時|すべての|変更すると",
    "kr": r"왜|무슨 일이|어떻게 되|누가 호출|호출하는|차이|비교|흐름|단계별|영향|실패|동시에|모든 곳|변경하면",
}
SPACED = re.compile(
    "|".join(rf"(?<!\w)(?:{DEEP[code]})(?!\w)" for code in ("en", "es", "fr", "pt-br", "ru", "vi")),
    re.IGNORECASE,
)
JOINED = re.compile("|".join(DEEP[code] for code in ("zh", "zh-tw", "ja", "kr")))
MAX_READ_CHARS = 2_000  # a longer question is no simple one


def is_simple(question: str) -> bool:
    """Whether one search is likely to be enough for a question."""
    return not (_is_long(question) or _asks_deep(question) or _names_several(question))


def _is_long(question: str) -> bool:
    if len(question) > MAX_READ_CHARS:
        return True
    return len(WORD.findall(question)) > MAX_WORDS or len(UNSPACED.findall(question)) > MAX_CHARS


def _asks_deep(question: str) -> bool:
    return bool(SPACED.search(question) or JOINED.search(question))


def _names_several(question: str) -> bool:
    return len(set(NAME.findall(question))) > MAX_NAMES
