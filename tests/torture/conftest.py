"""A fresh world for each test, on the servers of the run."""

from pathlib import Path

import pytest

from tests.databases import Databases
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.torture.ground import Ground


@pytest.fixture
def ground(
    dovecot: Dovecot, smtp_sink: SmtpSink, databases: Databases, registered: str, tmp_path: Path, kept_readers: None
) -> Ground:
    """The servers of the run; reading processes are kept."""
    del kept_readers
    return Ground(tmp_path, dovecot, smtp_sink, databases, registered)
