"""Why the plan of a model was not used, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from deepwiki.wiki.models import WikiBuild

REASONS: Mapping[str, str] = {
    "plan_not_json": gettext_noop("The model's plan of the pages was no valid JSON."),
    "plan_no_pages": gettext_noop(
        "The model's plan of the pages did not have the shape that was asked for."
    ),
    "plan_too_many_pages": gettext_noop("The model planned too many pages."),
    "plan_bad_name": gettext_noop("The model gave a page no usable name."),
    "plan_bad_purpose": gettext_noop("The model described a page in no usable way."),
    "plan_unknown_page": gettext_noop("The model planned a page for a part that does not exist."),
    "plan_unknown_file": gettext_noop("The model planned a page for a file that does not exist."),
    "plan_named_twice": gettext_noop("The model put one part or file on several pages."),
    "plan_call_failed": gettext_noop("The model could not be asked for a plan of the pages."),
}
FROM_CODE = gettext_noop("The names and the order of the pages come from the code alone.")


def plan_notice(build: WikiBuild) -> str:
    """Why a build has no plan of its model; empty where it has one, or asked for none."""
    reason = REASONS.get(build.plan.get("notice", ""))
    if reason is None:
        return ""
    return f"{gettext(reason)} {gettext(FROM_CODE)}"
