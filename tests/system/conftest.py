"""A site for each test, on the one mail server of the run."""

from pathlib import Path

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import Site


@pytest.fixture
def site(dovecot: Dovecot, user: str, smtp_sink: SmtpSink, tmp_path: Path, registered_database: str) -> Site:
    """A site with an empty mailbox and the register of the corpus."""
    return Site(dovecot, user, smtp_sink, tmp_path, registered_database)
