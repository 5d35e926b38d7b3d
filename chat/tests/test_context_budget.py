"""What a prompt may hold when its parts are large."""

from chat.core import context_budget
from chat.core.ports import Retrieved
from chat.core.prompt import PromptContent, PromptPassage
from chat.core.retrieval_events import notices


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


def test_the_reader_is_told_when_only_a_part_of_the_files_is_indexed():
    passages = (PromptPassage("a.py", 1, 1, "x"),)
    part = Retrieved(passages, "c", "words", "r", indexed_files=12_000, eligible_files=48_213)
    whole = Retrieved(passages, "c", "words", "r", indexed_files=9, eligible_files=9)
    (notice,) = notices(part, is_generative=True)
    assert notice.code == "partly_indexed"
    assert "12000 of the 48213" in notice.message
    assert notices(whole, is_generative=True) == []
