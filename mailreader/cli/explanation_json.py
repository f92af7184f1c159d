"""The object `explanation` of `explain --json`: the facts that people are shown, with the codes that decided."""

from typing import Any

from mailreader.candidates import Candidate, Sense
from mailreader.cli.because import why_account, why_candidate, why_role, why_section
from mailreader.cli.explaining import Explained
from mailreader.sections import Section
from models.statement import Number, ReadToken, Statement


def explanation_object(explained: Explained) -> dict[str, Any]:
    """What was read and why; of a mail that could not be read the `error`."""
    statement = explained.case.statement
    if statement is None:
        nothing: dict[str, Any] = {"text": None, "language": None, "request": None, "numbers": []}
        return {**nothing, "accounts": [], "tokens": [], "error": explained.failure}
    return {
        "text": statement.text,
        "language": statement.language,
        "request": statement.request,
        "numbers": [_sense_object(explained, sense, statement) for sense in explained.senses],
        "accounts": [_section_object(section) for section in explained.sections],
        "tokens": [_token_object(token, statement) for token in statement.tokens],
    }


def _section_object(section: Section) -> dict[str, Any]:
    return {
        "account": section.account.number if section.account else None,
        "stated": section.stated,
        "because": why_section(section),
    }


def _sense_object(explained: Explained, sense: Sense, statement: Statement) -> dict[str, Any]:
    number, claim, reading = sense.number, sense.claim, explained.reading_of(sense)
    return _number_object(number, statement) | {
        "why": number.ground,
        "because": why_role(number, statement),
        "witness": number.witness.of(statement.text) if number.witness else None,
        "account": _account_object(sense),
        "is_serial": sense.serial,
        "status": reading.status if reading else None,
        "located": claim.located if claim else None,
        "not_recorded": list(explained.not_recorded(sense)),
        "candidates": [_candidate_object(candidate) for candidate in sense.candidates],
    }


def _number_object(number: Number, statement: Statement) -> dict[str, Any]:
    return {
        "text": number.text,
        "start": number.span.start,
        "end": number.span.end,
        "role": number.role,
        "readings": [f"{value:f}" for value in number.readings],
        "service": number.label.service,
        "zone": number.label.zone,
        "evidence": number.evidence.of(statement.text),
    }


def _account_object(sense: Sense) -> dict[str, Any] | None:
    mention = sense.mention
    if mention is None:
        return None
    return {
        "account": mention.account.number if mention.account else None,
        "taken": mention.account is not None and mention.standing.names_account,
        "why": mention.standing,
        "because": why_account(sense),
    }


def _candidate_object(candidate: Candidate) -> dict[str, Any]:
    register = candidate.register
    return {
        "account": register.account,
        "serial": register.serial,
        "service": register.service,
        "zone": register.zone,
        "previous_value": None if register.previous_value is None else f"{register.previous_value:f}",
        "chosen": candidate.chosen,
        "excluded": candidate.exclusion,
        "because": why_candidate(candidate),
    }


def _token_object(token: ReadToken, statement: Statement) -> dict[str, Any]:
    return {
        "text": token.span.of(statement.text),
        "start": token.span.start,
        "end": token.span.end,
        "kind": token.kind,
        "meanings": list(token.meanings),
    }
