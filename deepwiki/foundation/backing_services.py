"""Django settings of the services behind the apps: database, cache, channel layer.

The embedded database and in-process cache and layer are the defaults; `DATABASE_URL` and
`REDIS_URL` name servers instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deepwiki.foundation.deadline_connection import DeadlineConnection

DATABASE_WAIT_SECONDS = 8  # for a free connection of the pool
CONNECT_SECONDS = 5
MAX_LIMITS = 100_000  # addresses and names that are counted at the same time
CONNECTION_SECONDS = 1800  # a pooled connection is replaced after this time
# The cache is worth no longer wait.
REDIS_TIMEOUTS = {"socket_timeout": 1, "socket_connect_timeout": 1}

Setting = dict[str, dict[str, Any]]


def embedded_database(data_dir: Path) -> dict[str, Any]:
    """The database of the embedded PostgreSQL that keeps its cluster in `data_dir`."""
    return {
        "ENGINE": "deepwiki.postgres.backend",
        "NAME": "deepwiki",
        "USER": "deepwiki",
        "OPTIONS": {"data_dir": str(data_dir)},
    }


def databases(database: dict[str, Any], pool_size: int) -> Setting:
    """DATABASES with psycopg's connection pool. CONN_MAX_AGE would leak connections under
    ASGI; the health check keeps a connection broken by a restart from being handed out."""
    options = {
        "connect_timeout": CONNECT_SECONDS,
        **database.get("OPTIONS", {}),
        "pool": _pool_options(pool_size),
    }
    pooled = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    return {"default": {**database, **pooled}}


def _pool_options(size: int) -> dict[str, Any]:
    return {
        "connection_class": DeadlineConnection,
        "min_size": 1,
        "max_size": size,
        "timeout": DATABASE_WAIT_SECONDS,
        "max_lifetime": CONNECTION_SECONDS,
    }


def caches(redis_url: str) -> Setting:
    """CACHES: answers given a moment ago, which several web processes share by Redis; and
    "limits", what is counted to limit it, which they always share."""
    if not redis_url:
        backends = "django.core.cache.backends"
        limits = {"LOCATION": "accounts_limits", "OPTIONS": {"MAX_ENTRIES": MAX_LIMITS}}
        return {
            "default": {"BACKEND": f"{backends}.locmem.LocMemCache"},
            "limits": {"BACKEND": f"{backends}.db.DatabaseCache", **limits},
        }
    backend = "django.core.cache.backends.redis.RedisCache"
    redis = {"BACKEND": backend, "LOCATION": redis_url, "OPTIONS": REDIS_TIMEOUTS}
    return {"default": redis, "limits": redis}


def channel_layers(redis_url: str) -> Setting:
    """CHANNEL_LAYERS: notifications between processes that a run changed."""
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    backend = "channels_redis.core.RedisChannelLayer"
    return {"default": {"BACKEND": backend, "CONFIG": {"hosts": [redis_url]}}}
