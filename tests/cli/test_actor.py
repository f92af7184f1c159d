"""Who the audit trail names."""

import getpass

import click
import pytest
from click.testing import CliRunner

from mailreader.cli.actor import by


@click.command()
@by
def _who(actor: str) -> None:
    click.echo(actor)


@pytest.fixture(autouse=True)
def no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as if nobody had come by sudo."""
    monkeypatch.delenv("SUDO_USER", raising=False)


def test_nobody_named_is_the_login_name() -> None:
    """Who says nothing is known by the login name."""
    assert CliRunner().invoke(_who).output.strip() == getpass.getuser()


def test_sudo_tells_who_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind sudo it is the person, not root."""
    monkeypatch.setenv("SUDO_USER", "aigul")
    assert CliRunner().invoke(_who).output == "aigul\n"


def test_a_name_that_is_given_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """--by goes before everything else; spaces in it are made single."""
    monkeypatch.setenv("SUDO_USER", "aigul")
    assert CliRunner().invoke(_who, ["--by", " Aigul  K. "]).output == "Aigul K.\n"


def test_an_empty_name_is_refused() -> None:
    """An act without a name would be nobody's."""
    outcome = CliRunner().invoke(_who, ["--by", " "])
    assert outcome.exit_code == 2
    assert "needs a name" in outcome.output


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user may have no entry in the password file."""

    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert CliRunner().invoke(_who).output.startswith("uid ")
