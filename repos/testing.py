"""A git host on loopback: real `git http-backend` behind a small HTTP server, with tokens, redirects and tarpits."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TARPIT_BYTES = 60
WHO = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.devnull, "PATH": os.environ.get("PATH", ""),
}  # fmt: skip


def run_git(folder: Path, *arguments: str, data: bytes | None = None) -> str:
    """Plain git, for making repositories in tests."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, input=data, capture_output=True, check=True, env=WHO).stdout.decode().strip()


def make_repository(folder: Path, files: dict[str, str | bytes], branch: str = "main") -> str:
    """A repository with one commit of `files`, or one more commit in an existing one; returns the commit."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run_git(folder, "init", "-q", "-b", branch)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    run_git(folder, "add", "-A", "-f")
    run_git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return run_git(folder, "rev-parse", "HEAD")


def make_certificates(folder: Path) -> tuple[str, str]:
    """A certificate authority of our own and a server's chain for `localhost`: the paths of the two PEM files."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)

    def certificate(name: str, key: Any, issuer: x509.Name, signer: Any, *extensions: Any) -> Any:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(signer, hashes.SHA256())

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    root = certificate("tests", root_key, name, root_key, (x509.BasicConstraints(True, None), True))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    leaf = certificate("localhost", key, root.subject, root_key, (names, False))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem) + private)
    return str(folder / "ca.pem"), str(folder / "server.pem")


@dataclass
class GitHost:
    """`with GitHost(root) as host:` serves the repositories under `root` at `host.url`.

    `token` is wanted when set; with `tls` it speaks https as `localhost`, certified by `ca_file`. `redirects` maps path
    prefixes to other addresses; paths under /tarpit answer a byte a second, `trickled` of them so far. While `gate` is
    cleared, requests wait. `seen` holds (path, authorization) of each request.
    """

    root: Path
    token: str = ""
    redirects: dict[str, str] = field(default_factory=dict)
    tls: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    seen: list[tuple[str, str]] = field(default_factory=list)
    trickled: int = 0

    def __enter__(self) -> GitHost:
        host = self
        self.gate.set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.serve(self, b"")

            def do_POST(self) -> None:
                host.serve(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.tls:
            self.ca_file, chain = make_certificates(self.root.parent)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    ca_file: str = field(default="", init=False)

    @property
    def place(self) -> str:
        return f"{'localhost' if self.tls else '127.0.0.1'}:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.place}"

    def serve(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request."""
        path, _, query = handler.path.partition("?")
        authorization = handler.headers.get("Authorization") or ""
        self.seen.append((path, authorization))
        self.gate.wait(60)
        for prefix, target in self.redirects.items():
            if path.startswith(prefix):
                handler.send_response(302)
                handler.send_header("Location", target + path[len(prefix) :] + (f"?{query}" if query else ""))
                handler.send_header("Content-Length", "0")
                handler.end_headers()
                return
        if path.startswith("/tarpit"):
            self._trickle(handler)
            return
        wanted = f"Basic {base64.b64encode(f'x-access-token:{self.token}'.encode()).decode()}"
        if self.token and authorization != wanted:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Basic realm="git"')
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        self._backend(handler, path, query, body)

    def _trickle(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(TARPIT_BYTES):
                handler.wfile.write(b".")
                handler.wfile.flush()
                self.trickled += 1
                time.sleep(1)
        except OSError:
            pass

    def _backend(self, handler: BaseHTTPRequestHandler, path: str, query: str, body: bytes) -> None:
        name = (
            path.split(".git/")[0] if ".git/" in path else path.rsplit("/info/", 1)[0].rsplit("/git-upload-pack", 1)[0]
        )
        rest = path[len(name) :].removeprefix(".git")
        folder = self.root / name.strip("/")
        git_dir = folder / ".git" if (folder / ".git").exists() else folder
        environment = {
            **WHO, "GIT_PROJECT_ROOT": str(git_dir), "PATH_INFO": rest, "QUERY_STRING": query, "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": handler.command, "CONTENT_TYPE": handler.headers.get("Content-Type") or "",
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol") or "", "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_0": "true",
            "GIT_CONFIG_KEY_1": "safe.directory", "GIT_CONFIG_VALUE_1": "*",
        }  # fmt: skip
        out = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200 OK").split()[0]) if head else 404
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
