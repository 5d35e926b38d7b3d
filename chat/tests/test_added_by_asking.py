"""Questions about new repositories add them, within the limits of whoever asks."""

import pytest

from chat.tests.test_endpoints import ENDPOINTS
from deepwiki.accounts.models import ApiToken
from deepwiki.foundation.threads import in_thread
from repos.models import Repository

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
@pytest.mark.parametrize("with_account", [True, False])
async def test_a_question_past_the_limit_adds_nothing_and_is_told_so(
    with_model, settings, endpoint, with_account, people
):
    settings.ALLOW_ANONYMOUS = True
    settings.NEW_REPOSITORIES_PER_HOUR = settings.ANONYMOUS_NEW_REPOSITORIES = 0
    token = ""
    if with_account:
        token = (await in_thread(ApiToken.issue, people["bob"], "test"))[1]
    messages = [{"role": "user", "content": "What is it?"}]
    reply = await endpoint({"repo_url": "https://github.com/o/new", "messages": messages}, token)
    assert reply.code in (4429, 429)
    assert "repositories" in reply.text + reply.detail
    assert not await in_thread(Repository.objects.exists)
