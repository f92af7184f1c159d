"""Whether our own mail server disowned the sender's domain: its Authentication-Results and no one else's (RFC 8601)."""

import re
from collections.abc import Iterator
from typing import Final

import authres

from models.letter import Letter

_FIELD: Final = "authentication-results"
_LEADING_ID: Final = re.compile(r"(?:\s|\([^()]*\))*\"?(?P<id>[^\s;()\"]+)")
_DMARC: Final = re.compile(r";\s*dmarc\s*(?:/\s*\d+\s*)?=\s*(?P<result>[a-z]+)", re.IGNORECASE)
_LONGEST: Final = 12_000
"""Characters of a field; what a sender stretches further may have pushed its result out of sight."""


def is_disowned(letter: Letter, trusted_authserv_id: str) -> bool:
    """Whether DMARC failed by the trusted server's word.

    Our server prepends its fields, so only the topmost of them and those that follow it before the next Received
    are its own; what stands below came with the mail and may be forged (RFC 8601, sections 5 and 7.1).
    """
    if not trusted_authserv_id:
        return False
    results = (_dmarc_result(value) for value in _fields_of(letter, trusted_authserv_id.casefold()))
    return next((result for result in results if result is not None), None) == "fail"


def _fields_of(letter: Letter, authserv_id: str) -> Iterator[str]:
    begun = False
    for name, value in letter.headers:
        if name == "received" and begun:
            return
        if name == _FIELD and _authserv_id(value) == authserv_id:
            begun = True
            yield value


def _authserv_id(value: str) -> str | None:
    match = _LEADING_ID.match(value)
    return match["id"].casefold() if match else None


def _dmarc_result(value: str) -> str | None:
    """The DMARC result of one field; "fail" where it holds several and one of them failed.

    Servers write properties that the grammar does not know, and senders choose what stands in some: a bracket or a
    quote in one would take the result away from the grammar. So it counts as well where it only looks like one.
    """
    if len(value) > _LONGEST:
        return "fail"
    seen = [match["result"].casefold() for match in _DMARC.finditer(value)]
    results = [*_by_grammar(value), *seen]
    return "fail" if "fail" in results else next(iter(results), None)


def _by_grammar(value: str) -> list[str]:
    try:
        parsed = authres.AuthenticationResultsHeader.parse_value(value)
    except (authres.AuthResError, ValueError, IndexError, AttributeError, RecursionError):
        return []
    return [result.result for result in parsed.results if getattr(result, "method", None) == "dmarc"]
