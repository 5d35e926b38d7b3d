"""What the doctor says of git, clones, Redis, mail, certificates, the disk and static files that do not work."""

import socketserver
import ssl
import subprocess
import threading

import pytest

from chat.testing.slack_server import TOKEN, SlackServer
from deepwiki.foundation.backing_services import channel_layers
from deepwiki.foundation.slack_app import SlackApp
from deepwiki.runtime.doctor import State, machine_checks, network_checks, repository_checks
from deepwiki.testing import programs
from deepwiki.testing.ports import listener, port_of, reserved_port
from deepwiki.testing.waiting import wait_until
from repos.testing.certificates import make_certificates
from repos.testing.git_host import GitHost
from repos.testing.repositories import make_repository

pytestmark = pytest.mark.integration


@pytest.fixture
def closed_port():
    with reserved_port() as port:
        yield port


def test_git_that_is_missing_or_old_is_told(monkeypatch, tmp_path):
    assert repository_checks.git().state is State.OK
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repository_checks.git().fix == "apt-get install git"
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\necho git version 2.30.2\n")
    program.chmod(0o755)
    outcome = repository_checks.git()
    assert (outcome.state, "2.30.2" in outcome.message) == (State.WARNING, True)


@pytest.fixture
def host(tmp_path, settings):
    make_repository(tmp_path / "served" / "shop" / "pocket.git", {"a.py": "x = 1\n"})
    with GitHost(tmp_path / "served") as host:
        yield host


def test_a_clone_passes_the_network_policy_or_says_which_line_opens_it(host, settings):
    address = f"{host.url}/shop/pocket"
    refused = repository_checks.clone(address)
    assert refused.state is State.FAILED
    assert refused.fix.startswith("DEEPWIKI_CLONE_ALLOW=")
    assert host.seen == []
    settings.CLONE_ALLOW = [host.netloc]
    assert "1 files" in repository_checks.clone(address).message
    assert repository_checks.clone(f"{host.url}/shop/nothing").state is State.FAILED


@pytest.mark.parametrize("address", ["/etc", "not an address", "https://host.invalid/a/b"])
def test_a_clone_of_what_is_no_repository_is_refused(address):
    assert repository_checks.clone(address).state is State.FAILED


def redis_at(settings, url):
    settings.REDIS_URL = url
    settings.CHANNEL_LAYERS = channel_layers(url)
    return network_checks.redis()


def test_redis_is_not_needed_by_one_process_and_missed_by_two(settings):
    assert network_checks.redis().state is State.OK
    settings.WEB_PROCESSES = 2
    assert network_checks.redis().state is State.WARNING


def test_a_redis_that_is_not_there_is_told(settings, closed_port):
    outcome = redis_at(settings, f"redis://:pass-word@127.0.0.1:{closed_port}/0")
    assert (outcome.state, outcome.fix) == (State.FAILED, "REDIS_URL=redis://host:6379/0")
    assert "pass-word" not in outcome.message


def test_what_answers_otherwise_is_no_redis(settings, mail_server):
    assert redis_at(settings, f"redis://127.0.0.1:{mail_server()}/0").state is State.FAILED


def test_a_real_redis_answers_and_one_with_a_password_refuses(settings, tmp_path):
    if not programs.redis_server():
        pytest.skip("no redis-server can be had here")
    with reserved_port() as port:
        command = [programs.redis_server(), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(tmp_path), "--requirepass", "secret"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            good = f"redis://:secret@127.0.0.1:{port}/0"
            wait_until(lambda: redis_at(settings, good).state is State.OK)
            refused = redis_at(settings, f"redis://:other@127.0.0.1:{port}/0")
            assert "refuses the password" in refused.message
        finally:
            process.kill()
            process.wait()


class Greeting(socketserver.StreamRequestHandler):
    """SMTP as far as the sign-in (RFC 5321, RFC 4954)."""

    def handle(self):
        self.wfile.write(b"220 mail.test ESMTP\r\n")
        for line in self.rfile:
            self.wfile.write(self.server.replies.get(line[:4].upper(), b"250 ok\r\n"))


@pytest.fixture
def mail_server():
    servers = []

    def start(**replies):
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeting)
        server.daemon_threads = True
        server.replies = {
            b"EHLO": b"250-mail.test\r\n250 AUTH PLAIN\r\n",
            b"QUIT": b"221 bye\r\n",
            **{name.encode(): reply for name, reply in replies.items()},
        }
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def with_mail(settings):
    def use(port, **fields):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = fields.get("tls", False)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "pass-word"
        return network_checks.mail()

    return use


def test_mail_is_tried_as_far_as_the_sign_in(with_mail, mail_server, closed_port):
    assert network_checks.mail().state is State.OK  # not set up
    assert with_mail(mail_server(AUTH=b"235 welcome\r\n")).state is State.OK
    refused = with_mail(mail_server(AUTH=b"535 no\r\n"))
    assert refused.fix == "DEEPWIKI_EMAIL_PASSWORD=…"
    assert with_mail(mail_server(), tls=True).fix == "DEEPWIKI_EMAIL_TLS=false"
    away = with_mail(closed_port)
    assert away.state is State.FAILED
    assert "pass-word" not in away.message + refused.message


@pytest.fixture
def tls_server(tmp_path):
    """Starts one whose certificate is valid for so many days; its address and its authority."""
    sockets = []

    def start(days):
        ca_file, chain = make_certificates(tmp_path / f"of-{days}", days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        listening = listener()
        sockets.append(listening)
        threading.Thread(target=_shake_hands, args=(listening, context), daemon=True).start()
        return f"https://localhost:{port_of(listening)}", str(ca_file)

    yield start
    for listening in sockets:
        listening.close()


def _shake_hands(listening, context):
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        with plain:
            try:
                with context.wrap_socket(plain, server_side=True) as encrypted:
                    encrypted.recv(1)
            except OSError:
                continue


def test_the_certificate_of_the_public_address_is_looked_at(settings, tls_server, closed_port):
    assert network_checks.certificates().state is State.OK  # without https
    settings.SECURE_TLS = True
    settings.PUBLIC_URL, settings.CA_FILE = tls_server(90)
    assert "valid for 89 days" in network_checks.certificates().message
    settings.CA_FILE = ""
    assert "not accepted" in network_checks.certificates().message
    settings.PUBLIC_URL, settings.CA_FILE = tls_server(3)
    assert network_checks.certificates().message == "The certificate ends in 2 days."
    settings.PUBLIC_URL = f"https://localhost:{closed_port}"
    assert network_checks.certificates().state is State.WARNING


def test_a_file_of_certificates_without_any_is_told(settings, tmp_path):
    settings.CA_FILE = str(tmp_path / "ca.pem")
    (tmp_path / "ca.pem").write_text("nothing")
    outcome = network_checks.certificates()
    assert (outcome.state, str(tmp_path) in outcome.message) == (State.FAILED, False)


def test_a_disk_that_is_full_or_cannot_be_written_is_told(settings, tmp_path):
    assert machine_checks.disk().state is State.OK
    settings.DISK_RESERVE_MEGABYTES = 10**12
    assert machine_checks.disk().state is State.FAILED
    settings.DATA_DIR = tmp_path / "gone"
    outcome = machine_checks.disk()
    assert (outcome.state, str(tmp_path) in outcome.message) == (State.FAILED, False)


def test_static_files_that_were_not_collected_are_told(settings, tmp_path):
    assert machine_checks.static_files().state is State.OK
    settings.SERVESTATIC_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path / "static"
    storage = "deepwiki.foundation.static_storage.HashedStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": storage}}
    outcome = machine_checks.static_files()
    assert (outcome.state, outcome.fix) == (
        State.FAILED,
        "python manage.py collectstatic --noinput",
    )


@pytest.mark.django_db
def test_a_deployment_is_held_to_djangos_checks_and_to_https(settings, monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE")
    assert machine_checks.deployment().state is State.OK  # on this machine alone
    settings.PUBLIC_URL = "http://wiki.example.org"
    assert "unencrypted" in machine_checks.deployment().message
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    assert "security.W019" in machine_checks.deployment().message
    settings.SECRET_KEY = "short"
    assert machine_checks.deployment().fix.startswith("DEEPWIKI_SECRET_KEY=")


def test_slack_is_asked_whether_it_knows_the_token(settings, closed_port):
    def told(*arguments):
        settings.SLACK = SlackApp(*arguments)
        return network_checks.slack()

    settings.SECURE_TLS = True
    with SlackServer() as server:
        assert told("secret", TOKEN, server.api).state is State.OK
        assert [method for method, _ in server.calls] == ["auth.test"]
        unknown = told("secret", "xoxb-another", server.api)
        assert (unknown.state, "invalid_auth" in unknown.message) == (State.FAILED, True)
        assert "xoxb-another" not in unknown.message
        settings.SECURE_TLS = False
        assert told("secret", TOKEN, server.api).fix == "DEEPWIKI_PUBLIC_URL=https://…"
    away = told("secret", TOKEN, f"http://127.0.0.1:{closed_port}/api")
    assert (away.state, away.fix) == (State.FAILED, "DEEPWIKI_SLACK_API=…")
    assert told("secret", "").state is State.WARNING
    assert told().state is State.OK
