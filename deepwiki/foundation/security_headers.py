"""Content security policy of every page: nothing inline, nothing from other sites.

https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csp.constants import NONE, SELF


def content_security_policy(form_origins: Iterable[str]) -> dict[str, Any]:
    """django-csp's CONTENT_SECURITY_POLICY. `form_origins` are further origins that forms
    may lead to: browsers apply `form-action` to redirects, so signing in at another site
    needs its origin."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "form-action": [SELF, *form_origins],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "manifest-src": [SELF],
        }
    }
