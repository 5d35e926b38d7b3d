"""`manage.py ask`: an answer in the terminal, or as JSON; exit codes say how it went."""

import io
import json

import pytest
from django.core.management import call_command

from chat import services
from chat.testing.tool_script import call, turn

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ask(repository, model, settings):
    settings.PROVIDER_ENVIRONMENT = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
    services.providers.cache_clear()

    def ask(
        name="fake?tokens=3", question="How is the discount computed?", provider="openai", **options
    ):
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command(
                "ask",
                repository.url,
                question,
                provider=provider,
                model=name,
                stdout=out,
                stderr=err,
                **options,
            )
        except SystemExit as ended:
            code = ended.code
        return out.getvalue(), err.getvalue(), code

    return ask


def test_the_answer_streams_with_its_sources_below_and_progress_beside(ask):
    out, err, code = ask()
    assert out.startswith("t0000 t0001 t0002 \n\nSources")
    assert "shop/prices.py:" in out
    assert "passages …" in err
    assert code == 0


def test_as_json_it_is_one_object(ask):
    out, _, code = ask(json=True)
    answer = json.loads(out)
    assert (answer["answer"], answer["state"], answer["error"], code) == (
        "t0000 t0001 t0002 ",
        "complete",
        None,
        0,
    )
    assert answer["sources"][0]["path"]


def test_a_failed_answer_and_bad_input_have_exit_codes_of_their_own(ask):
    out, err, code = ask("fake?tokens=4&fault=cut")
    assert (out.partition("\n")[0], code) == ("t0000 t0001 ", 1)
    assert "broke off" in err
    assert ask(provider="wizard")[2] == 2
    assert ask(question="  ")[1:] == ("Give a question.\n", 2)


def test_an_agent_tells_its_steps_beside_the_answer(ask, model):
    read = call("read_file", path="shop/prices.py")
    model.plays["fake"] = [turn(read), turn(text="<answer>\nSo.")]
    out, err, code = ask("fake", mode="agent")
    assert out.startswith("So.\n\nSources")
    assert "read `shop/prices.py` 1-" in err
    assert code == 0


def test_the_word_for_research_works_in_the_terminal(ask, model):
    model.plays["fake"] = [turn(text="## Final Conclusion\nSo.")]
    _, _, code = ask("fake", question="How is the discount computed? :research")
    assert code == 0
    assert model.requests[0].get("tools")
    assert ":research" not in str(model.requests[0]["messages"])
