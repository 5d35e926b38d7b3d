"""What deepwiki-open's front end asks first: health, languages, models, whether a code is needed."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chat.services import refreshed_providers
from deepwiki.foundation.languages import LANGUAGES, Language
from deepwiki.wiki.api.payloads import Json, parse_body
from deepwiki.wiki.api.visitors import for_visitors, is_code_right
from deepwiki.wiki.models import DEFAULT_LANGUAGE


@require_safe
@for_visitors
def health(request: HttpRequest) -> JsonResponse:
    """`/health`."""
    now = timezone.now().isoformat()
    return JsonResponse({"status": "healthy", "timestamp": now, "service": "deepwiki"})


@require_safe
@for_visitors
def language_configuration(request: HttpRequest) -> JsonResponse:
    """`/lang/config`: the languages of answers."""
    supported = {language.answer: _label(language) for language in LANGUAGES}
    return JsonResponse({"supported_languages": supported, "default": DEFAULT_LANGUAGE})


@require_safe
@for_visitors
def code_status(request: HttpRequest) -> JsonResponse:
    """`/auth/status`: whether deleting a generated wiki takes a code."""
    return JsonResponse({"auth_required": bool(settings.WIKI_CODE)})


@require_POST
@for_visitors
def validate_code(request: HttpRequest) -> JsonResponse:
    """`/auth/validate`: whether `code` is the right one."""
    code = parse_body(request.body).get("code")
    return JsonResponse({"success": isinstance(code, str) and is_code_right(request, code)})


@require_safe
@for_visitors
def model_configuration(request: HttpRequest) -> JsonResponse:
    """`/models/config`: the providers that can be used now, and their models."""
    registry = refreshed_providers()
    configured = registry.configured()
    providers = [_provider(*item) for item in configured.items() if item[1]["models"]]
    default = _default(registry.default(), [provider["id"] for provider in providers])
    return JsonResponse({"providers": providers, "defaultProvider": default})


def _default(preferred: str, names: Sequence[str]) -> str:
    """The preferred provider if it is among those that are named, else the first."""
    return preferred if preferred in names else next(iter(names), "")


def _label(language: Language) -> str:
    if language.english_name == language.own_name:
        return language.own_name
    return f"{language.english_name} ({language.own_name})"


def _provider(name: str, section: Json) -> Json:
    return {
        "id": name,
        "name": section["label"],
        "models": list(map(_model, section["models"])),
        "supportsCustomModel": bool(section.get("custom", False)),
    }


def _model(section: Json) -> Json:
    return {"id": section["id"], "name": section.get("label", section["id"])}
