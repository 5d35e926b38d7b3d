"""The wiki app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WikiConfig(AppConfig):
    name = "deepwiki.wiki"
    label = "wiki"
    verbose_name = _("Wiki")

    def ready(self) -> None:
        """Have wikis made by workers, and after repositories are indexed; show them on pages."""
        from chat.api.rest import extensions
        from chat.services import quotas, usage_by_day, wiki_texts
        from chat.web.repository_parts import PARTS
        from deepwiki.wiki import day_quota, services
        from deepwiki.wiki.exports.program_texts import ProgramTexts
        from deepwiki.wiki.web.repository_part import wiki_part
        from repos import jobs

        PARTS.append(wiki_part)
        quotas.OTHER_TOKENS.append(day_quota.DAY_TOKENS)
        usage_by_day.OTHER_USAGE.append(day_quota.DAY_USAGE)
        wiki_texts.READERS.append(ProgramTexts())
        extensions.ROUTERS.append("deepwiki.wiki.api.rest_router.router")
        jobs.after_indexing.append(services.follow_index)
        jobs.side_queues.append("wiki")
