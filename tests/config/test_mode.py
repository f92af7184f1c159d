"""A trial has tables of its own beside the live ones, found from the same setting."""

import pytest

from config.mode import shadow_of
from config.settings import load_settings


@pytest.mark.parametrize(
    ("live", "shadow"),
    [
        ("sqlite:///mailreader.db", "sqlite:///mailreader-shadow.db"),
        ("sqlite:////var/lib/mail.reader/mailreader.db", "sqlite:////var/lib/mail.reader/mailreader-shadow.db"),
        ("sqlite:///readings?timeout=5", "sqlite:///readings-shadow?timeout=5"),
        ("sqlite:///a.b/readings.sqlite", "sqlite:///a.b/readings-shadow.sqlite"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d?schema=shadow"),
        ("postgresql+psycopg:///d?host=/run/x", "postgresql+psycopg:///d?host=/run/x&schema=shadow"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
    ],
)
def test_tables_of_a_trial_lie_beside_the_live_ones(live: str, shadow: str) -> None:
    """A file next to the first, or a schema of the same database."""
    assert shadow_of(live) == shadow


def test_mode_is_live_unless_it_is_said() -> None:
    """Its word in the environment is enough for one command on the trial's tables."""
    assert load_settings(None, {}).address() == "sqlite:///mailreader.db"
    trial = load_settings(None, {"MAILREADER_MODE": "shadow"})
    assert (trial.is_shadow, trial.address()) == (True, "sqlite:///mailreader-shadow.db")
