"""What the demonstration stands on: a temporary folder with settings, a database and the sample register."""

import json
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

from config.sections import Submission
from config.settings import load_settings
from mailreader.app import App
from mailreader.demo.clock import DemoClock
from mailreader.demo.samples import Answer, sample_register
from mailreader.demo.servers import Account, Servers, running_servers
from mailreader.register_file import load_register
from mailreader.store import Store, upgrade

_USERNAME: Final = "demo"


@dataclass(frozen=True, slots=True)
class Stage:
    """The running servers, the program under its configuration, and its clock."""

    servers: Servers
    app: App
    store: Store
    clock: DemoClock
    config: Path


@contextmanager
def prepared_stage(taken: Callable[[Answer], None]) -> Iterator[Stage]:
    """Start the servers and prepare the rest; `taken` is called, in another thread, with every answer that arrives."""
    account = Account(_USERNAME, secrets.token_urlsafe(12))
    with tempfile.TemporaryDirectory(prefix="mailreader-demo-") as name, running_servers(account, taken) as servers:
        folder = Path(name)
        config = _write_config(folder, servers)
        settings = load_settings(config, environ={})
        clock = DemoClock(datetime.now(_zone()).date(), _zone())
        upgrade(settings.database.address())
        app = App(settings, clock)
        with closing(app.open_store()) as store:
            _import_register(store, folder, clock)
            yield Stage(servers, app, store, clock, config)


def _zone() -> ZoneInfo:
    return Submission().timezone


def _write_config(folder: Path, servers: Servers) -> Path:
    """Write the settings where only this user can read them: they hold the password of the mailbox."""
    template = Template((files(__package__) / "mailreader.toml").read_text(encoding="utf-8"))
    text = template.substitute(
        database=json.dumps(f"sqlite:///{folder / 'mailreader.db'}")[1:-1],
        imap_port=servers.imap_port,
        smtp_port=servers.smtp_port,
        username=servers.account.username,
        password=servers.account.password,
    )
    config = folder / "mailreader.toml"
    config.touch(mode=0o600)
    config.write_text(text, encoding="utf-8")
    return config


def _import_register(store: Store, folder: Path, clock: DemoClock) -> None:
    file = folder / "register.csv"
    file.write_text(sample_register(clock.begin.date()), encoding="utf-8")
    store.import_register(load_register(file))
