"""Which certificates our own requests trust."""

from deepwiki.foundation.certificates import read_certificates
from repos.testing.certificates import make_certificates


def test_a_file_of_certificates_counts_besides_those_of_the_system(tmp_path, monkeypatch):
    system, _ = make_certificates(tmp_path / "system")
    own, _ = make_certificates(tmp_path / "own")
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert len(read_certificates().get_ca_certs()) == 1
    assert len(read_certificates(str(own)).get_ca_certs()) == 2
