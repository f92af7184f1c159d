"""The tables of the configuration file, key by key: kind, default (the rules' value) and what it means."""

from datetime import time
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from config.kinds import (
    Address,
    Addresses,
    ByLanguage,
    Count,
    Languages,
    LastDay,
    Port,
    Positive,
    Seconds,
    SecretFile,
    Section,
    Services,
    Text,
)
from config.secret import read_secret
from config.timezone import time_zone_fault
from models.catalogue import Housing, Language, Outcome, Service
from models.transport import Tls, is_loopback
from models.window import OutsideHours, Window

LOOK_BACK_DAYS: Final = 62
"""Two months: the rules compare a message with those of the period before."""
_LONGEST_TAGGED: Final = 28
"""What leaves room for `+NUMBER.TOKEN` within the 64 octets of a local part (RFC 5321, 4.5.3.1.1)."""


class Database(Section):
    """Where everything is kept."""

    url: SecretStr = Field(
        SecretStr("sqlite:///mailreader.db"),
        description="sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    )
    url_file: SecretFile | None = Field(
        None,
        description="A file that holds the URL, for one with a password in it.",
        examples=["/etc/mailreader/database-url"],
    )

    def address(self) -> str:
        """Return the URL, from the file where one is named."""
        return read_secret(self.url_file) if self.url_file else self.url.get_secret_value()


class Server(Section):
    """What it takes to log in to a server."""

    host: Text = Field(description="Name or address of the server.", examples=["mail.energo.example"])
    port: Port = Field(description="The port of the service.")
    tls: Tls = Field(Tls.STARTTLS, description="implicit, starttls, or none (on this machine only).")
    allow_plaintext: bool = Field(
        default=False,
        description="true: tls = none also over a network. Passwords and mail can then be read on the way.",
    )
    username: str = Field("", description="Empty: no login.", examples=["pokazaniya"])
    password: SecretStr | None = Field(
        None, description="Better in a file or a systemd credential than here.", examples=["secret"]
    )
    password_file: SecretFile | None = Field(
        None,
        description="A file that holds the password; nobody else may read it.",
        examples=["/etc/mailreader/password"],
    )
    timeout: Seconds = Field(30.0, description="Seconds after which an answer of the server is given up.")
    cafile: Path | None = Field(
        None, description="Certificates (PEM) to trust instead of the system's.", examples=["/etc/ssl/certs/energo.pem"]
    )

    @field_validator("allow_plaintext")
    @classmethod
    def _keep_secrets(cls, allowed: bool, info: ValidationInfo) -> bool:  # noqa: FBT001  # pydantic calls it so
        host = info.data.get("host")
        if info.data.get("tls") is Tls.NONE and host is not None and not allowed and not is_loopback(host):
            raise ValueError(f"tls is none and {host} is not this machine: set tls, or allow_plaintext = true")
        return allowed

    @field_validator("password_file")
    @classmethod
    def _one_password(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and info.data.get("password") is not None:
            raise ValueError("there is a password already: give one of password and password_file")
        if info.data.get("username") and file is None and "password" in info.data and info.data["password"] is None:
            raise ValueError("there is a username and no password: give password_file, or a systemd credential")
        return file

    def secret(self) -> str:
        """Return the password, from its file (as it is now) where one is named; empty without a login."""
        if self.password_file is not None:
            return read_secret(self.password_file)
        return self.password.get_secret_value() if self.password else ""


class Folders(Section):
    """Where handled mail is filed, by outcome; created if missing."""

    accepted: Text = Field("Processed", description="Every reading was recorded.")
    partial: Text = Field("Review", description="Some were recorded, some were not.")
    rejected: Text = Field("Rejected", description="None was recorded; the customer can mend it.")
    review: Text = Field("Review", description="A person must decide.")
    ignored: Text = Field("Ignored", description="Not for us to answer.")

    def by_outcome(self) -> dict[Outcome, str]:
        """Return the folder of each outcome."""
        return {outcome: getattr(self, outcome.value) for outcome in Outcome}


class Mailbox(Server):
    """A mailbox that is read; there may be several, each in a table under a name of your choice (here: main)."""

    port: Port = Field(993, description="993 for implicit TLS, else mostly 143.")
    tls: Tls = Field(Tls.IMPLICIT, description="implicit, starttls, or none (on this machine only).")
    username: Text = Field(description="The login name.", examples=["pokazaniya"])
    timeout: Seconds = Field(60.0, description="Seconds after which an operation is given up.")
    folder: Text = Field("INBOX", description="The folder that customers' mail arrives in.")
    poll_seconds: Seconds = Field(30.0, description="Seconds between two looks into the folder.")
    idle: bool = Field(default=True, description="true: the server also tells at once that something came (IMAP IDLE).")
    addresses: Addresses = Field(
        description="Our own addresses, to which customers write.", examples=[["pokazaniya@energo.example"]]
    )
    trusted_authserv_id: str = Field(
        "",
        description="The name by which our own mail server signs its Authentication-Results; empty: none is believed.",
        examples=["mx.energo.example"],
    )
    folders: Folders = Field(Folders(), description="Where handled mail is filed, by outcome; created if missing.")


class Smtp(Server):
    """The relay that takes the answers. One on this machine (a Postfix on localhost) is the safest."""

    port: Port = Field(587, description="587 for submission, 25 for a relay on this machine, 465 for implicit TLS.")
    sender: Address = Field(
        alias="from",
        description="Name and address that the answers come from.",
        examples=["Energo <pokazaniya@energo.example>"],
    )
    bounce_address: Address | None = Field(
        None,
        description="Where answers come back to that cannot be delivered: a mailbox that is read here and takes "
        "subaddresses (bounces+17...@). Without it they have the null return path.",
        examples=["bounces@energo.example"],
    )

    @field_validator("bounce_address")
    @classmethod
    def _can_be_tagged(cls, address: str | None) -> str | None:
        local = parseaddr(address or "")[1].rpartition("@")[0]
        if not local.isascii() or len(local) > _LONGEST_TAGGED:
            raise ValueError(f"its name before the @ must be plain ASCII, of {_LONGEST_TAGGED} letters at the most")
        return address


class Submission(Section):
    """When readings are taken."""

    first_day: int = Field(18, ge=1, le=31, description="First day of the month.")
    last_day: LastDay = Field(None, description='Last day of the month, or "last".')
    opens: time = Field(time(9), description="Start of the service hours.")
    closes: time = Field(time(18), description="Their end; this instant itself is outside.")
    timezone: ZoneInfo = Field(ZoneInfo("Asia/Almaty"), description="The local time of all this.")
    outside_hours: OutsideHours = Field(
        OutsideHours.NEXT_OPENING,
        description="What is done with mail of a day within the window, but not of the service hours: "
        "next_opening (registered as of then), accept (as of its arrival) or reject.",
    )

    @field_validator("last_day")
    @classmethod
    def _after_the_first(cls, last: int | None, info: ValidationInfo) -> int | None:
        if last is not None and last < info.data.get("first_day", 0):
            raise ValueError("lies before first_day")
        return last

    @field_validator("closes")
    @classmethod
    def _after_opening(cls, closes: time, info: ValidationInfo) -> time:
        opens = info.data.get("opens")
        if opens is not None and closes <= opens:
            raise ValueError("is not later than opens")
        return closes

    @field_validator("timezone")
    @classmethod
    def _known_well(cls, zone: ZoneInfo) -> ZoneInfo:
        fault = time_zone_fault()
        if fault:
            raise ValueError(fault)
        return zone

    def as_window(self) -> Window:
        """Return the window as the rules see it."""
        return Window(self.first_day, self.last_day, self.opens, self.closes, self.timezone, self.outside_hours)


class TakenServices(Section):
    """Which services are taken, by housing; the others are refused with `service_not_accepted`."""

    apartment: Services = Field(
        frozenset({Service.ELECTRICITY, Service.HOT_WATER}),
        description="Of: electricity, hot_water, cold_water, heat, gas.",
    )
    private: Services = Field(frozenset({Service.HOT_WATER}), description="The same for private houses.")

    def by_housing(self) -> dict[Housing, frozenset[Service]]:
        """Return the services that are taken of each kind of housing."""
        return {housing: getattr(self, housing.value) for housing in Housing}


class Caps(Section):
    """The consumption of a register in a month above which a person looks at it (`value_implausible`)."""

    electricity_kwh_per_month: Decimal = Field(Decimal(3000), gt=0, description="Kilowatt hours.")
    hot_water_m3_per_month: Decimal = Field(Decimal(60), gt=0, description="Cubic metres.")

    def by_service(self) -> dict[Service, Decimal]:
        """Return the cap of each service that has one, in its own unit."""
        return {
            Service.ELECTRICITY: self.electricity_kwh_per_month,
            Service.HOT_WATER: self.hot_water_m3_per_month,
        }


class Answers(Section):
    """Automatic answers."""

    enabled: bool = Field(default=True, description="false: answers are composed and kept, and none is sent.")
    max_age_days: Count = Field(14, description="Older mail is recorded and not answered; 0: no limit.")
    backlog: bool = Field(
        default=False, description="true: also answer what lay there before the mailbox was first attached."
    )
    per_sender_per_day: Positive = Field(10, description="Answers to one address in a day.")
    same_rejection_per_day: Positive = Field(3, description="The same rejection to one address in a day.")
    breaker_per_hour: Count = Field(
        20_000,
        description="Answers in an hour after which all others are held, until `mailreader answers reset`; "
        "0: no such limit.",
    )
    bounced_days: Count = Field(
        60, description="Days for which an address that does not exist is not written to; 0: it is written to again."
    )
    copy_to_registered: bool = Field(
        default=False,
        description="true: what was recorded from somebody else's mail is told to the account's registered addresses.",
    )
    undecided_language: Languages = Field(
        (Language("kk"), Language("ru")),
        description="Where the customer's language cannot be told: these, in this order.",
    )
    precedence: Literal["", "bulk", "auto_reply"] = Field(
        "bulk", description='The header Precedence: bulk, auto_reply, or "" for none.'
    )
    texts: Path | None = Field(
        None, description="A folder with your own texts: LANGUAGE/replies.toml.", examples=["/etc/mailreader/texts"]
    )


class Contact(Section):
    """Who we are, as the answers say it: one text for all languages, or a table with one for each."""

    name: ByLanguage = Field(
        {},
        description="The name that answers are signed with.",
        examples=[{"ru": "Energo", "kk": "Energo", "en": "Energo"}],
    )
    phone: str = Field("", description="The number of the contact centre.", examples=["+7 700 000 00 00"])
    hours: ByLanguage = Field({}, description="When it can be reached.", examples=["09:00-18:00"])
    centres: ByLanguage = Field(
        {}, description="The service centres, for what is not a reading.", examples=["12 Main Street"]
    )


class Limits(Section):
    """What one message and one batch may cost."""

    oversize_bytes: Positive = Field(
        35_000_000, description="Of a larger message only the header and the text are fetched."
    )
    batch_messages: Positive = Field(200, description="Messages that are fetched at once.")
    batch_bytes: Positive = Field(8_000_000, description="Bytes that are fetched at once; one message at least.")
    readers: Count = Field(0, description="Processes that read mail; 0: as many as there are processors.")
    read_seconds: Seconds = Field(10.0, description="Seconds after which the reading of a message is stopped.")
    read_memory_mb: int = Field(512, ge=128, description="Memory that a reading process may take, in MB.")


class Retention(Section):
    """How long things are kept; 0 keeps them for ever. `mailreader db purge` deletes what is older."""

    raw_mail_days: Count = Field(0, description="The mail itself.")
    messages_days: Count = Field(
        0,
        description=f"What is known of it, with its trail: 0, or {LOOK_BACK_DAYS} at least. Recorded readings "
        "stay, and what keeps a message from being taken in twice.",
    )

    @field_validator("messages_days")
    @classmethod
    def _as_far_as_the_rules_look(cls, days: int) -> int:
        if 0 < days < LOOK_BACK_DAYS:
            raise ValueError(f"is less than {LOOK_BACK_DAYS}: the rules look back so many days")
        return days


class Log(Section):
    """The log, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error.")
    format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, else json.")


class Console(Section):
    """The operators' web console, which is not in this version."""

    listen: Text = Field("127.0.0.1:8080", description="Address and port.")


class Metrics(Section):
    """Figures for monitoring, which are not in this version."""

    listen: Text = Field("127.0.0.1:9108", description="Address and port.")
