"""No language model: the ranked excerpts themselves, labelled as what they are.

The default when no key is set. It goes through the same pipeline as every other provider.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from chat.core.pipeline import Model, Text, Tokens
from chat.core.prompt import Prompt, PromptPassage
from chat.providers.base import ProviderConfig

SHOWN = 8
MOST_LINES = 24
# The sentence above the excerpts and the one for nothing found, in each answer language.
WORDS = {
    "en": (
        "**Search only: no language model is set up.** These passages fit your question best:",
        "Nothing in this repository matches these words. Try the names the code itself uses.",
    ),
    "ja": (
        "**検索のみ：言語モデルは設定されていません。** 質問に最も近い箇所：",
        "この語に一致する箇所はありません。コード内の名前で試してください。",
    ),
    "zh": (
        "**仅搜索：未配置语言模型。** 与您的问题最相关的段落：",
        "没有找到匹配的内容。请尝试代码中使用的名称。",
    ),
    "zh-tw": (
        "**僅搜尋：未設定語言模型。** 與您的問題最相關的段落：",
        "找不到符合的內容。請試試程式碼中使用的名稱。",
    ),
    "es": (
        "**Solo búsqueda: no hay modelo de lenguaje configurado.** Estos pasajes responden mejor a su pregunta:",
        "Nada coincide con estas palabras. Pruebe con los nombres que usa el código.",
    ),
    "kr": (
        "**검색 전용: 언어 모델이 설정되지 않았습니다.** 질문과 가장 관련 있는 부분:",
        "일치하는 내용이 없습니다. 코드에 쓰인 이름으로 시도해 보세요.",
    ),
    "vi": (
        "**Chỉ tìm kiếm: chưa thiết lập mô hình ngôn ngữ.** Các đoạn phù hợp nhất với câu hỏi:",
        "Không có gì khớp với các từ này. Hãy thử tên được dùng trong mã.",
    ),
    "pt-br": (
        "**Somente busca: nenhum modelo de linguagem configurado.** Estes trechos respondem melhor à sua pergunta:",
        "Nada corresponde a essas palavras. Tente os nomes usados no código.",
    ),
    "fr": (
        "**Recherche seule : aucun modèle de langage n'est configuré.** Voici les passages les plus proches de votre question :",
        "Rien ne correspond à ces mots. Essayez les noms employés dans le code.",
    ),
    "ru": (
        "**Только поиск: языковая модель не настроена.** Наиболее подходящие фрагменты:",
        "Ничего не найдено. Попробуйте имена, используемые в коде.",
    ),
}


class SearchOnly:
    """Writes the passages down, best first."""

    is_generative = False

    def __init__(self, config: ProviderConfig | None = None) -> None:
        """Needs nothing of its configuration."""

    async def stream(self, asked: Prompt, model: Model) -> AsyncGenerator[Text | Tokens]:
        """See Provider."""
        heading, nothing = WORDS.get(asked.language, WORDS["en"])
        yield Text(f"{heading}\n" if asked.passages else f"{nothing}\n")
        for number, passage in enumerate(asked.passages[:SHOWN], 1):
            await asyncio.sleep(0)
            yield Text(excerpt(number, passage))
        rest = asked.passages[SHOWN:]
        if rest:
            yield Text("\n" + "\n".join(f"- `{passage.cite}`" for passage in rest) + "\n")

    async def close(self) -> None:
        """Nothing is open."""


def excerpt(number: int, passage: PromptPassage) -> str:
    """One passage as Markdown, with a fence longer than any inside it."""
    lines = passage.text.split("\n")
    shown = lines if len(lines) <= MOST_LINES + 3 else lines[:MOST_LINES]
    fence = "```"
    while any(fence in line for line in shown):
        fence += "`"
    more = f"\n… {len(lines) - len(shown)} more lines" if len(shown) < len(lines) else ""
    symbol = f" `{passage.symbol}`" if passage.symbol and "`" not in passage.symbol else ""
    language = passage.language if passage.language != "text" else ""
    body = "\n".join(shown)
    return f"\n{number}. `{passage.path}:L{passage.start}-L{passage.end}`{symbol}\n\n{fence}{language}\n{body}{more}\n{fence}\n"
