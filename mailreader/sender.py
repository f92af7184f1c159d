"""Who a mail is from: a person who can be written to, or a machine (RFC 3834 section 2, RFC 5230 section 4.6)."""

import re
from typing import Final

from models.letter import Letter

_ROBOT_LOCAL: Final = re.compile(
    r"""
    (?: mailer[-_.]?daemon | mail[-_.]?daemon | mdaemon | postmaster | listserv | majordomo | mailman | autoresponder
      | auto[-_.]?(?:reply|responder) ) (?: [^a-z] .* )?
    | .* (?: no[-_.]?reply | (?:do[-_.]?not|dont)[-_.]?reply | [-_.]daemon )
    | .* (?: no[-_.]?reply | (?:do[-_.]?not|dont)[-_.]?reply ) [^a-z] .*
    | .* -(?: request | bounces? | owner ) (?: [^a-z] .* )?
    | bounces? (?: [^a-z] .* )?
    | owner- .*
    """,
    re.VERBOSE,
)
_NO_REPLY: Final = re.compile(
    r"""
    (?: .* [^a-z] )?
    (?: ne[-_.]?(?:pas[-_.]?)?repond(?:re|ez) | nicht[-_.]?antworten | non[-_.]?rispondere | ne[-_.]?otvecha\w*
      | n[ao]o?[-_.]?(?:responde[rs]?|responda|contestar?) )
    (?: [^a-z] .* )?
    """,
    re.VERBOSE,
)
"""The name of a machine that takes no answers, as it is in French, German, Italian, Russian, Spanish and Portuguese."""
_ROBOT_DISPLAY: Final = re.compile(
    r"\b(?:mail delivery (?:sub)?system|mailer[- ]daemon|delivery status|system administrator)\b", re.IGNORECASE
)
_WEAK_LOCAL: Final = re.compile(
    r"(?:e?news|newsletters?|notif(?:y|ications?)|alerts?|robot|daemon|root|nobody|cron|system|ndr|www-data|apache)"
    r"(?:[^a-z].*)?"
)
_BOUNCE_DOMAIN: Final = re.compile(r"bounces?\d*\..*")
_BRACKETED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|<[^<>]*>|\[[^\[\]]*\]')
_LOCAL: Final = re.compile(r"[^\s\x00-\x20\x7f-\x9f()<>\[\]:;@\\,\"]{1,64}")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])?")
_LONGEST_ADDRESS: Final = 254
_DEAD_DOMAINS: Final = (".invalid", ".local", ".localdomain", ".localhost")


def is_robot_sender(letter: Letter) -> bool:
    """Whether the From, the Sender or the return path is that of a machine."""
    if _ROBOT_DISPLAY.search(letter.sender_name):
        return True
    path = _address(letter.first("return-path"))
    if _BOUNCE_DOMAIN.fullmatch(path.rpartition("@")[2]):
        return True
    addresses = (*letter.senders, _address(letter.first("sender")), path)
    locals_of_all = map(_local_part, addresses)
    return any(_ROBOT_LOCAL.fullmatch(local) or _NO_REPLY.fullmatch(local) for local in locals_of_all)


def is_robot_name(address: str) -> bool:
    """Whether the name is one that machines like to use, which alone proves nothing."""
    return _WEAK_LOCAL.fullmatch(_local_part(address)) is not None


def is_single_sender(letter: Letter) -> bool:
    """Whether exactly one From names exactly one address, without group syntax (RFC 5322, 3.4 and 3.6.2)."""
    fields = letter.all("from")
    group = any(":" in _BRACKETED.sub("", value) for value in fields)
    return letter.sender is not None and len(fields) <= 1 and not group


def is_writable(address: str) -> bool:
    """Whether an answer can be sent to the address: its form, its length, a domain that may exist (RFC 5321, 2606)."""
    local, at, domain = address.rpartition("@")
    return (
        bool(at)
        and len(address.encode()) <= _LONGEST_ADDRESS
        and _LOCAL.fullmatch(local) is not None
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
        and _DOMAIN.fullmatch(domain) is not None
        and not f".{domain}".casefold().endswith(_DEAD_DOMAINS)
    )


def _address(field: str | None) -> str:
    """The address of a field that holds one; its text where there are no angle brackets."""
    text = field or ""
    match = re.search(r"<([^<>]*)>", text)
    return (match[1] if match else text).strip().casefold()


def _local_part(address: str) -> str:
    return address.rpartition("@")[0].casefold()
