"""What a prompt may hold when its parts are large."""

from chat.core import context_budget
from chat.core.prompt import PromptContent, PromptPassage


def test_a_file_cut_to_fit_says_where_it_ends():
    file = PromptPassage("big.py", 1, 900, "x = 1\n" * 900)
    fitted = context_budget.fit(PromptContent("q", file=file), context=4_000, output=1_000)
    assert fitted.file.text != file.text
    assert fitted.file.end == fitted.file.start + fitted.file.text.count("\n")


def test_long_paths_and_symbols_count():
    passages = [
        PromptPassage(f"{'folder/' * 140}f{n}.py", 1, 9, "x", symbol="Name." * 60)
        for n in range(30)
    ]
    fitted = context_budget.fit(PromptContent("q", passages), context=6_000, output=1_000)
    heads = "".join(passage.cite + passage.symbol for passage in fitted.passages)
    assert fitted.passages
    assert context_budget.estimate(heads) < 4_000
