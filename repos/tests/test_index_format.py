"""An index of the release before answers until the next refresh, which makes it anew."""

import pytest

from deepwiki.testing.fixtures import write_files
from repos import jobs
from repos.access import OPERATOR_ID
from repos.index import writer
from repos.models import Embedding, IndexJob
from repos.search import search

pytestmark = pytest.mark.django_db


def test_an_index_of_another_format_answers_and_is_made_anew(index_folder, tmp_path, monkeypatch):
    write_files(tmp_path / "r", {"a.py": "def zebra():\n    return 1\n"})
    monkeypatch.setattr(writer, "FORMAT", 1)
    repository = index_folder(tmp_path / "r")
    monkeypatch.undo()
    before = repository.current_index_id
    digests = set(Embedding.objects.values_list("digest", flat=True))
    assert search([repository.pk], "zebra", user_id=OPERATOR_ID).passages[0].path == "a.py"
    job = jobs.run(jobs.request(repository, start=False)[0].pk)
    repository.refresh_from_db()
    assert job.state == IndexJob.State.DONE
    assert repository.current_index_id != before
    assert repository.current_index.format == writer.FORMAT
    assert set(Embedding.objects.values_list("digest", flat=True)) == digests
    assert search([repository.pk], "zebra", user_id=OPERATOR_ID).passages[0].path == "a.py"
