"""A certificate for `localhost` and 127.0.0.1 that signs itself, made anew for every run of the tests."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.availability import not_run


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files; a client that is to trust the server takes `chain` as its `cafile`."""

    chain: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Give a TLS context for a server that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Write a key and a certificate that is valid for ten days into `folder`."""
    openssl = shutil.which("openssl")
    if openssl is None:
        not_run("TLS", "apt-get install openssl")
    made = Certificate(chain=folder / "certificate.pem", key=folder / "key.pem")
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    files = ("-keyout", str(made.key), "-out", str(made.chain))
    subprocess.run(
        (openssl, "req", "-x509", *curve, "-nodes", "-days", "10", *subject, *files), check=True, capture_output=True
    )
    return made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One certificate for all servers of the run."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))
