"""The program's settings: a TOML file, over it the environment, over both the credentials of systemd."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from config.complaints import Origins, complain
from config.mode import Mode, shadow_of
from config.places import NAMED_BY, find_file
from config.secret import is_exposed
from config.sections import (
    Answers,
    Caps,
    Console,
    Contact,
    Database,
    Limits,
    Log,
    Mailbox,
    Metrics,
    Retention,
    Smtp,
    Submission,
    TakenServices,
)
from models.rules import Policy

PREFIX: Final = "MAILREADER_"
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
_OF_FILES: Final = "file"


def _not_of_files(name: str) -> str:
    if name == _OF_FILES:
        raise ValueError("is what mail in files goes by: choose another name")
    return name


MailboxName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$"), AfterValidator(_not_of_files)]


class ConfigurationError(Exception):
    """The settings cannot be used; `errors` has a line for each fault, which names its key and where it stands."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        enable_decoding=False,
    )

    mode: Mode = Field(
        Mode.LIVE,
        description="live, or shadow: a trial beside the clerks. The mailbox is read and left as it is, nothing is "
        "answered, and what is read goes to tables of its own.",
    )
    database: Database = Database()
    mailboxes: dict[MailboxName, Mailbox] = Field(default_factory=dict)
    smtp: Smtp | None = None
    window: Submission = Submission()
    services: TakenServices = TakenServices()
    caps: Caps = Caps()
    answers: Answers = Answers()
    contact: Contact = Contact()
    limits: Limits = Limits()
    retention: Retention = Retention()
    log: Log = Log()
    console: Console = Console()
    metrics: Metrics = Metrics()

    @property
    def is_shadow(self) -> bool:
        """Whether this is a trial, which changes no mailbox, answers nobody and records to tables of its own."""
        return self.mode is Mode.SHADOW

    def address(self) -> str:
        """Return the URL of the database to work with: in shadow mode that of the trial's own tables."""
        url = self.database.address()
        return shadow_of(url) if self.is_shadow else url

    def policy(self) -> Policy:
        """Return what the retailer decided, as the rules see it."""
        return Policy(self.services.by_housing(), self.caps.by_service())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the names are the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: `load_settings` reads the sources, to know what came from where."""
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """Reads the environment that it is given instead of the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {name.lower(): value for name, value in environ.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._environ


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Load the settings; ConfigurationError names every fault at once.

    The file is `path`, else the one that MAILREADER_CONFIG names, else the first that exists of those that are searched
    for, else none. A variable of the environment goes before the file, a credential of systemd before both.
    """
    file = find_file(path, environ)
    table = _read_file(file)
    variables = _Environment(environ)()
    credentials = _credentials(environ)
    merged = _merge(_without_files(_merge(table, variables), credentials), credentials)
    faults = _unknown_variables(environ) + (_exposed_secrets(table, file) if file else [])
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        origins = Origins(PREFIX, file, table, environ)
        faults += complain(error, Settings, origins)
    if faults:
        raise ConfigurationError(faults)
    return settings


def _read_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        if not file.is_file():
            raise ConfigurationError([f"{file}: there is no such file"])
        return TomlConfigSettingsSource(Settings, toml_file=file).toml_data
    except OSError as error:
        raise ConfigurationError([f"{file}: cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{file}: is not TOML: {error}"]) from None


def _credentials(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read the credentials that are named like keys: smtp.password, mailboxes.main.password, database.url."""
    folder = environ.get(CREDENTIALS)
    if not folder:
        return {}
    source = NestedSecretsSettingsSource(
        InitSettingsSource(Settings, {}),
        secrets_dir=folder,
        secrets_dir_missing="ok",
        secrets_prefix="",
        secrets_nested_delimiter=".",
    )
    return source()


def _merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _without_files(lower: Mapping[str, Any], credentials: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the files of secrets that come as credentials: a credential goes before everything else."""
    kept = dict(lower)
    for key, secret in credentials.items():
        below = kept.get(key)
        if isinstance(below, dict) and isinstance(secret, dict):
            kept[key] = _without_files(below, secret)
        else:
            kept.pop(f"{key}_file", None)
    return kept


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    names = [name for name in sorted(environ) if name.startswith(PREFIX) and name != NAMED_BY]
    unknown = [name for name in names if name.removeprefix(PREFIX).split("__")[0].lower() not in Settings.model_fields]
    return [f"{name}: unknown key (in the environment)" for name in unknown]


def _exposed_secrets(table: Mapping[str, Any], file: Path) -> list[str]:
    """Name the secrets that stand in a configuration file which others can read."""
    servers = {f"mailboxes.{name}": server for name, server in _tables(table.get("mailboxes")).items()}
    servers["smtp"] = _tables(table).get("smtp", {})
    keys = [f"{place}.password" for place, server in servers.items() if "password" in server]
    url = _tables(table).get("database", {}).get("url")
    if isinstance(url, str) and urlsplit(url).password:
        keys.append("database.url")
    if not keys or not is_exposed(file):
        return []
    return [f"{key}: stands in {file}, which others can read: chmod 600 it, or use {key}_file" for key in keys]


def _tables(value: object) -> dict[str, dict[str, Any]]:
    return {key: table for key, table in value.items() if isinstance(table, dict)} if isinstance(value, dict) else {}
