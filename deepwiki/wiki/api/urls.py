"""URLs of deepwiki-open's front end; its shapes are in the protocol."""

from django.urls import path

from deepwiki.wiki.api import (
    configuration_views,
    export_views,
    local_folder_views,
    wiki_cache_views,
)

urlpatterns = [
    path("health", configuration_views.health, name="visitor-health"),
    path("lang/config", configuration_views.language_configuration, name="visitor-languages"),
    path("auth/status", configuration_views.code_status, name="visitor-code-status"),
    path("auth/validate", configuration_views.validate_code, name="visitor-code"),
    path("models/config", configuration_views.model_configuration, name="visitor-models"),
    path("api/wiki_cache", wiki_cache_views.wiki_cache, name="visitor-wiki"),
    path("api/processed_projects", wiki_cache_views.processed_projects, name="visitor-projects"),
    path("export/wiki", export_views.export_wiki, name="visitor-export"),
    path("local_repo/structure", local_folder_views.folder_structure, name="visitor-folder"),
]
