"""How often `auto` chooses another way to answer than a person would: `python -m bench.answer_mode`.

The questions beside this file: 60 in the ten answer languages, labelled by hand, half of them
`quick` (one search is enough), half `agent` (calls to follow, or several places).
"""

from __future__ import annotations

import json
from pathlib import Path

QUESTIONS = Path(__file__).with_name("answer_mode.jsonl")


def main() -> None:
    """Print the questions that are taken for the other kind, and their share."""
    from chat.core.question_depth import is_simple

    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    names = {True: "quick", False: "agent"}
    wrong = [one for one in questions if names[is_simple(one["question"])] != one["mode"]]
    for one in wrong:
        print(f"{one['language']:<6} {one['mode']:<6} {one['question']}")
    print(f"{len(wrong)} of {len(questions)} wrong: {len(wrong) / len(questions):.1%}")


if __name__ == "__main__":
    main()
