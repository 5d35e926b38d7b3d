"""The wiki app."""

from django.apps import AppConfig


class WikiConfig(AppConfig):
    name = "deepwiki.wiki"
    label = "wiki"
    verbose_name = "Wiki"

    def ready(self) -> None:
        """Have wikis made by workers, and after repositories are indexed; show them on pages."""
        from chat.services import wiki_texts
        from chat.web.repository_parts import PARTS
        from deepwiki.wiki import services
        from deepwiki.wiki.exports.program_texts import ProgramTexts
        from deepwiki.wiki.web.repository_part import wiki_part
        from repos import jobs

        PARTS.append(wiki_part)
        wiki_texts.READERS.append(ProgramTexts())
        jobs.after_indexing.append(services.follow_index)
        jobs.side_queues.append("wiki")
