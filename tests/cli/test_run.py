"""The daemon ends when it is told to, and sends nothing where answers are not enabled."""

import json
import signal
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.sections import Answers, Database, Mailbox, Smtp
from config.settings import Settings
from mailreader.app import App
from tests.cli.conftest import COMMAND, Run, environment
from tests.cli.test_exit_codes import closed_port, servers

MAILBOX = {"host": "localhost", "tls": "none", "username": "x", "password": "x", "addresses": ["us@energo.example"]}

__all__ = ["closed_port", "servers"]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_in_order(
    run: Run, servers: dict[str, str], tmp_path: Path, where: dict[str, str], ending: signal.Signals
) -> None:
    """Its workers finish, and the exit code is 0."""
    run("db", "upgrade")
    with subprocess.Popen(
        [*COMMAND, "run"], cwd=tmp_path, env=environment(**where, **servers), stderr=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stderr is not None
        events = (json.loads(line)["event"] for line in daemon.stderr)
        assert "daemon_started" in events
        daemon.send_signal(ending)
        assert "daemon_stopped" in events
        assert daemon.wait(60) == 0


@pytest.mark.parametrize("enabled", [True, False])
def test_answers_that_are_not_enabled_are_not_sent_by_the_daemon(database: str, *, enabled: bool) -> None:
    """It has nothing to deliver with."""
    settings = Settings(
        database=Database(url=SecretStr(database)),
        mailboxes={"main": Mailbox.model_validate(MAILBOX)},
        smtp=Smtp.model_validate({"host": "localhost", "tls": "none", "from": "us@energo.example"}),
        answers=Answers(enabled=enabled),
    )
    app = App(settings)
    store = app.open_store()
    with app.daemon(store) as daemon:
        assert (daemon._deliveries is not None) is enabled
    store.close()
