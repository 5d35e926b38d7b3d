"""How an agent finds out where to sign in: the metadata of `/mcp` as a protected resource.

https://www.rfc-editor.org/rfc/rfc9728
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from chat.api.program_identity import SIGN_IN_AWAY, SIGN_IN_RETRY_SECONDS
from chat.core.errors import ChatError, NotSignedIn
from chat.core.messages import format_message
from deepwiki.accounts import access_tokens
from deepwiki.accounts.credential_errors import IssuerAway
from deepwiki.accounts.models import DEFAULT_SCOPES

PATH = "/.well-known/oauth-protected-resource/mcp"
INVALID = ("token_invalid", "token_expired")


@require_safe
def resource_metadata(request: HttpRequest) -> HttpResponse:
    """`/.well-known/oauth-protected-resource`, and the same for the path of the resource."""
    server = access_tokens.trusted_server()
    if server is None:
        raise Http404
    try:
        issuer = access_tokens.issuer_name(server)
    except IssuerAway:
        headers = {"Retry-After": str(SIGN_IN_RETRY_SECONDS)}
        detail = format_message(SIGN_IN_AWAY, {})
        return JsonResponse({"detail": detail}, status=503, headers=headers)
    body = {
        "resource": access_tokens.resource_address(),
        "authorization_servers": [issuer],
        "scopes_supported": list(DEFAULT_SCOPES),
        "bearer_methods_supported": ["header"],
        "resource_name": "DeepWiki",
    }
    # Pages of other origins may read it: it says the same to everybody.
    return JsonResponse(body, headers={"Access-Control-Allow-Origin": "*"})


def challenge(error: ChatError) -> str:
    """The WWW-Authenticate header of a refusal: RFC 6750, section 3, and RFC 9728, section 5."""
    fields = {"realm": "deepwiki"}
    if not isinstance(error, NotSignedIn):
        fields["error"] = "insufficient_scope"
    elif error.reason in INVALID:
        fields["error"] = "invalid_token"
    if access_tokens.trusted_server() is not None:
        fields["scope"] = " ".join(DEFAULT_SCOPES)
        fields["resource_metadata"] = settings.PUBLIC_URL.rstrip("/") + PATH
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in fields.items())
