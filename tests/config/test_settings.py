"""Settings come from a file, the environment and credentials, and every fault is told at once."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.document import default_file, main, tables
from config.generated import ROOT
from config.settings import ConfigurationError, Settings, load_settings
from config.timezone import time_zone_fault
from models.catalogue import Housing, Outcome, Service
from models.rules import Policy
from models.window import Window
from tests.languages import KK, LANGUAGES, RU

MAILBOX = """
[mailboxes.main]
host = "imap.energo.example"
username = "pokazaniya"
addresses = ["pokazaniya@energo.example"]
"""
CANARY = "correct-horse-battery"


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write a configuration file."""
    file = folder / "mailreader.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def faults(file: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    """Return what loading complains of."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file, environ or {})
    assert str(caught.value) == "\n".join(caught.value.errors)
    return caught.value.errors


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder where no configuration file is found by itself."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("config.places.SEARCHED", (Path("mailreader.toml"), tmp_path / "etc" / "mailreader.toml"))


def test_without_any_configuration_the_rules_own_values_hold() -> None:
    """The defaults are those of the intake rules."""
    settings = load_settings(None, {})
    assert settings.window.as_window() == Window()
    assert settings.policy() == Policy()
    assert settings.policy().services == {
        Housing.APARTMENT: {Service.ELECTRICITY, Service.HOT_WATER},
        Housing.PRIVATE: {Service.HOT_WATER},
    }
    assert settings.policy().caps == {Service.ELECTRICITY: 3000, Service.HOT_WATER: 60}
    assert settings.database.address() == "sqlite:///mailreader.db"
    assert (settings.mailboxes, settings.smtp) == ({}, None)


def test_the_example_of_the_interface_loads(tmp_path: Path) -> None:
    """A file with a mailbox, its folders, a relay and a window is understood key by key."""
    (tmp_path / "secret").write_text(CANARY + "\n")
    (tmp_path / "secret").chmod(0o400)
    file = write(
        tmp_path,
        f"""{MAILBOX}
        password_file = "{tmp_path / "secret"}"
        port = 143
        tls = "starttls"
        [mailboxes.main.folders]
        partial = "Half"
        [smtp]
        host = "localhost"
        port = 25
        tls = "none"
        from = "Приём показаний <pokazaniya@energo.example>"
        [window]
        last_day = 25
        outside_hours = "reject"
        [contact]
        name = {{ ru = "Энерго", kk = "Энерго" }}
        hours = "09:00–18:00"
        """,
    )
    settings = load_settings(file, {})
    mailbox = settings.mailboxes["main"]
    assert (mailbox.port, mailbox.tls, mailbox.secret()) == (143, "starttls", CANARY)
    assert mailbox.folders.by_outcome()[Outcome.PARTIAL] == "Half"
    assert settings.smtp is not None
    assert settings.smtp.sender == "Приём показаний <pokazaniya@energo.example>"
    assert settings.window.last_day == 25
    assert settings.contact.name == {RU: "Энерго", KK: "Энерго"}
    assert settings.contact.hours == dict.fromkeys(LANGUAGES, "09:00–18:00")


def test_the_environment_goes_before_the_file_and_credentials_before_both(tmp_path: Path) -> None:
    """Each source overrides single keys of the one below it, and leaves the rest."""
    file = write(tmp_path, MAILBOX + 'password = "file"\n[window]\nfirst_day = 20\n')
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mailboxes.main.password").write_text(CANARY + "\n")
    environ = {
        "MAILREADER_MAILBOXES__MAIN__HOST": "127.0.0.1",
        "MAILREADER_MAILBOXES__MAIN__PASSWORD": "environment",
        "MAILREADER_MAILBOXES__MAIN__ADDRESSES": "a@energo.example, b@energo.example",
        "MAILREADER_SERVICES__PRIVATE": "electricity hot_water",
        "MAILREADER_ANSWERS__ENABLED": "false",
        "CREDENTIALS_DIRECTORY": str(credentials),
        "PATH": "/usr/bin",
    }
    settings = load_settings(file, environ)
    mailbox = settings.mailboxes["main"]
    assert (mailbox.host, mailbox.username, mailbox.secret()) == ("127.0.0.1", "pokazaniya", CANARY)
    assert mailbox.addresses == ("a@energo.example", "b@energo.example")
    assert settings.services.private == {Service.ELECTRICITY, Service.HOT_WATER}
    assert not settings.answers.enabled
    assert settings.window.first_day == 20


def test_a_credential_goes_before_a_file_of_the_same_secret(tmp_path: Path) -> None:
    """Commands by hand may name a file where the service has a credential: the two together are no fault."""
    secret = tmp_path / "password"
    secret.write_text("from the file")
    secret.chmod(0o600)
    file = write(tmp_path, MAILBOX + f'password_file = "{secret}"\n')
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mailboxes.main.password").write_text(CANARY)
    settings = load_settings(file, {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert settings.mailboxes["main"].secret() == CANARY
    assert load_settings(file, {}).mailboxes["main"].secret() == "from the file"


def test_the_file_is_searched_for_in_order(tmp_path: Path) -> None:
    """The one that is named, then the one that the environment names, then the working folder, then the system's."""

    def level(path: Path | None, environ: dict[str, str]) -> str:
        return load_settings(path, environ).log.level

    named = {"MAILREADER_CONFIG": str(tmp_path / "c.toml")}
    (tmp_path / "etc").mkdir()
    write(tmp_path / "etc", '[log]\nlevel = "error"')
    (tmp_path / "c.toml").write_text('[log]\nlevel = "warning"')
    (tmp_path / "d.toml").write_text('[log]\nlevel = "debug"')
    assert level(None, {}) == "error"
    write(tmp_path, '[log]\nlevel = "info"')
    assert level(None, {}) == "info"
    assert level(None, named) == "warning"
    assert level(tmp_path / "d.toml", named) == "debug"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[window]\nfirst_day = 40", "window.first_day: Input should be less than or equal to 31 (in {file})"),
        (
            "[retention]\nmessages_days = 61",
            "retention.messages_days: is less than 62: the rules look back so many days (in {file})",
        ),
        ("[window]\nlast_day = 5", "window.last_day: lies before first_day (in {file})"),
        ('[window]\nopens = "18:00"', "window.closes: is not later than opens (in {file})"),
        ('[window]\ntimezone = "Mars/Olympus"', "window.timezone: invalid timezone: Mars/Olympus (in {file})"),
        ("[windw]", "windw: unknown key; did you mean window? (in {file})"),
        ("[answers]\nenable = true", "answers.enable: unknown key; did you mean enabled? (in {file})"),
        ("[database]\nwibble = 1", "database.wibble: unknown key (in {file})"),
        (
            '[mailboxes.main.folders]\nacepted = "x"',
            "mailboxes.main.folders.acepted: unknown key; did you mean accepted?",
        ),
        ("[smtp]", "smtp.host: is needed (in {file})"),
        ("[smtp]", "smtp.from: is needed (in {file})"),
        ('[smtp]\nfrom = "nobody"', "smtp.from: is not an e-mail address (in {file})"),
        (
            '[smtp]\nbounce_address = "возврат@energo.example"',
            "smtp.bounce_address: its name before the @ must be plain ASCII, of 28 letters at the most (in {file})",
        ),
        ('[smtp]\nusername = "a"', "smtp.password_file: there is a username and no password: give password_file"),
        (
            '[smtp]\nhost = "relay.example"\ntls = "none"',
            "smtp.allow_plaintext: tls is none and relay.example is not this",
        ),
        (
            '[smtp]\npassword_file = "none"',
            "smtp.password_file: none cannot be read: No such file or directory (in {file})",
        ),
        ("[mailboxes.Main]", "mailboxes.Main: String should match pattern"),
        ('[limits]\nreaders = "many"', "limits.readers: Input should be a valid integer"),
        ('[answers]\nundecided_language = ["de"]', "answers.undecided_language.0: should be one of en, kk, ru"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_key_and_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    """One line says which key, what is wrong and where it stands."""
    file = write(tmp_path, text)
    assert any(line.startswith(complaint.format(file=file)) for line in faults(file)), faults(file)


def test_all_faults_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    """File, environment and rules between keys: one run shows everything that is to be mended."""
    file = write(
        tmp_path, MAILBOX + 'password = "x"\nport = 0\n[window]\nlast_day = 3\n[caps]\nhot_water_m3_per_month = -1'
    )
    told = faults(file, {"MAILREADER_LIMITS__READERS": "x", "MAILREADER_WIBBLE": "1", "MAILREADER_SMTP__PORT": "25"})
    assert [line.split(":")[0] for line in told] == [
        "MAILREADER_WIBBLE",
        "mailboxes.main.port",
        "smtp.host",
        "smtp.from",
        "window.last_day",
        "caps.hot_water_m3_per_month",
        "limits.readers",
    ]
    assert told[2].endswith("(in the environment: MAILREADER_SMTP__HOST)")
    assert told[-1].endswith("(in the environment: MAILREADER_LIMITS__READERS)")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("[window", "is not TOML"), (b"\xff\xfe".decode("latin-1"), "is not TOML"), (None, "there is no such file")],
)
def test_a_file_that_is_no_configuration_is_named(tmp_path: Path, content: str | None, complaint: str) -> None:
    """Broken TOML and a missing file are one line each."""
    file = tmp_path / "mailreader.toml"
    if content is not None:
        file.write_bytes(content.encode("latin-1"))
    (line,) = faults(file)
    assert line.startswith(f"{file}: {complaint}")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    """What cannot be read is told, not raised."""
    assert faults(tmp_path) == [f"{tmp_path}: there is no such file"]


def test_no_fault_shows_a_secret(tmp_path: Path) -> None:
    """A password of the wrong kind, beside other faults, appears in no message and in no repr."""
    file = write(tmp_path, MAILBOX + f'password = ["{CANARY}"]\n[database]\nurl = ["{CANARY}"]\n')
    assert CANARY not in " ".join(faults(file))
    settings = load_settings(write(tmp_path, MAILBOX + f'password = "{CANARY}"'), {})
    assert CANARY not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A secret file, or a configuration file with a secret in it, must be its owner's alone."""
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    secret.chmod(mode)
    (line,) = faults(write(tmp_path, MAILBOX + f'password_file = "{secret}"', mode))
    assert line.startswith(f"mailboxes.main.password_file: {secret} can be read by others than its owner: chmod 600")
    told = faults(
        write(
            tmp_path, MAILBOX + f'password = "{CANARY}"\n[database]\nurl = "postgresql+psycopg://u:{CANARY}@h/d"', mode
        )
    )
    assert [line.split(": ")[0] for line in told] == ["mailboxes.main.password", "database.url"]


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    """An empty file is a mistake, not an empty password."""
    secret = tmp_path / "secret"
    secret.touch(0o600)
    assert faults(write(tmp_path, MAILBOX + f'password_file = "{secret}"'))[0].startswith(
        f"mailboxes.main.password_file: {secret} is empty"
    )


def test_the_database_url_can_stand_in_a_file(tmp_path: Path) -> None:
    """A URL with a password in it is a secret like the others."""
    secret = tmp_path / "url"
    secret.write_text("postgresql+psycopg://u:p@h/d\n")
    secret.chmod(0o600)
    settings = load_settings(write(tmp_path, f'[database]\nurl_file = "{secret}"'), {})
    assert settings.database.address() == "postgresql+psycopg://u:p@h/d"


def test_time_zone_data_that_do_not_know_the_change_of_2024_are_a_fault() -> None:
    """With data older than 2024a Almaty is still UTC+6, and every window would be an hour off."""
    assert time_zone_fault() is None
    assert "2024a" in (time_zone_fault(ZoneInfo("Etc/GMT-6")) or "")
    assert ZoneInfo("Asia/Almaty").utcoffset(datetime(2024, 3, 2, tzinfo=UTC)) is not None


def test_the_default_file_holds_every_key_with_its_default(tmp_path: Path) -> None:
    """As it is, the file changes nothing; with every comment taken away it sets every key there is."""
    file = write(tmp_path, default_file())
    loaded = load_settings(file, {})
    file.unlink()
    assert loaded == load_settings(None, {})
    everything = tomllib.loads(re.sub(r"(?m)^#(?! )", "", default_file()))
    for table in tables():
        held = everything
        for step in table.name.split("."):
            held = held[step]
        assert set(held) == {field.alias or name for name, field in table.model.model_fields.items()}, table.name
    assert set(everything) == set(Settings.model_fields)


def test_the_optional_tables_of_the_default_file_are_good_examples(tmp_path: Path) -> None:
    """Whoever takes the comment signs away gets settings that load, but for the secret's file."""
    text = re.sub(r"(?m)^#(?! )", "", default_file())
    text = re.sub(r"(?m)^(password_file|url_file) = .*\n", "", text)
    settings = load_settings(write(tmp_path, text), {})
    assert settings.smtp is not None
    assert list(settings.mailboxes) == ["main"]


def test_the_generated_documentation_is_up_to_date() -> None:
    """The committed default file and manual page are what the settings say."""
    assert main(["--check"]) == 0
    assert (ROOT / "config" / "mailreader.toml").read_text(encoding="utf-8") == default_file()
