"""The project's own Django app: templates, translations, what is set up when it starts."""

from django.apps import AppConfig

from deepwiki.foundation.pool_recovery import configure_pools


class DeepWikiConfig(AppConfig):
    name = "deepwiki"
    verbose_name = "DeepWiki"

    def ready(self) -> None:
        from chat.api.rest import extensions

        configure_pools()
        extensions.ROUTERS.append("deepwiki.runtime.doctor.rest_router.router")
