"""An OpenID Connect server on loopback: it describes itself, and signs access tokens."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from chat.testing.http_wire import HttpRequest
from chat.testing.wire_server import Wire, WireServer

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
JSON = "application/json"


@dataclass
class SigningKey:
    """A key pair; the algorithm is ES256 or RS256."""

    algorithm: str = "ES256"
    key_id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def __post_init__(self) -> None:
        self.private: Any = ec.generate_private_key(ec.SECP256R1())
        self.format: Any = ECAlgorithm
        if self.algorithm == "RS256":
            self.private = rsa.generate_private_key(65537, 2048)
            self.format = RSAAlgorithm

    @property
    def public(self) -> dict[str, Any]:
        """As the server publishes it."""
        published = self.format.to_jwk(self.private.public_key(), as_dict=True)
        return {**published, "kid": self.key_id, "alg": self.algorithm, "use": "sig"}


@dataclass
class TokenIssuer(WireServer):
    """`with TokenIssuer() as issuer:`, then `publish`. Replies by path, whatever is sent."""

    keys: list[SigningKey] = field(default_factory=lambda: [SigningKey()])

    def publish(self, **replies: Wire) -> None:
        """Describe itself, with the keys of now; `replies` for other paths, without the slash."""
        about = {
            "issuer": self.address,
            "jwks_uri": f"{self.address}{KEYS}",
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "registration_endpoint": f"{self.address}/register",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }
        self.replies[DISCOVERY] = (json_reply(about),)
        self.replies[KEYS] = (json_reply({"keys": [key.public for key in self.keys]}),)
        for name, reply in replies.items():
            self.replies[f"/{name}"] = (reply,)

    def token(self, key: SigningKey | None = None, header: Any = None, **claims: Any) -> str:
        """An access token of now; a claim that is None is left out."""
        key = key or self.keys[0]
        now = int(time.time())
        said = {"iss": self.address, "exp": now + 300, "scope": "read ask", **claims}
        given = {name: value for name, value in said.items() if value is not None}
        headers = {"kid": key.key_id, "typ": "at+jwt", **(header or {})}
        return jwt.encode(given, key.private, key.algorithm, headers)

    def _key(self, request: HttpRequest) -> str:
        return request.path


def json_reply(value: Any, status: int = 200) -> Wire:
    """A reply with JSON."""
    return Wire((json.dumps(value).encode(),), status, JSON)
