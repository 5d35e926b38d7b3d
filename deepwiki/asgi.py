"""The ASGI application, for any ASGI server; `deepwiki.server` runs it under daphne."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deepwiki.settings")
django_application = get_asgi_application()

from chat.api.mcp.endpoint import McpEndpoint  # noqa: E402 - models need Django to be set up
from chat.routing import websocket_urlpatterns  # noqa: E402
from deepwiki.runtime.lifespan import Lifespan  # noqa: E402
from deepwiki.runtime.liveness import Liveness  # noqa: E402
from deepwiki.runtime.path_prefix import PathPrefix  # noqa: E402
from deepwiki.runtime.program_handler import ProgramPaths  # noqa: E402
from deepwiki.runtime.unavailable import DatabaseGuard  # noqa: E402

_protocols = ProtocolTypeRouter(
    {
        "http": McpEndpoint(ProgramPaths(django_application)),
        "websocket": URLRouter(websocket_urlpatterns),
    }
)
_prefixed = PathPrefix(DatabaseGuard(_protocols), settings.PATH_PREFIX)
application = Lifespan(Liveness(_prefixed, settings.PATH_PREFIX))
