"""The JSON of the listings: the names, and their order, of the public interface (interface, Commands)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click

from models.history import PastReading
from models.lines import AuditLine, ExportLine, MessageLine, OutboxLine, QueueLine, StoredLine
from models.register import Account, MeterRegister


def say_json(line: Mapping[str, Any]) -> None:
    """Write one object on a line of its own."""
    click.echo(json.dumps(line, ensure_ascii=False))


def instant(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant in local time with its offset, to the second."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def message_object(line: MessageLine, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `ingest --json`; `duplicate` is there only where it is true."""
    fields = asdict(line) | {"received": instant(line.received, zone)}
    if not line.duplicate:
        del fields["duplicate"]
    return fields


def stored_object(stored: StoredLine, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `messages list --json`; `held_back` is there only where a limit holds the answer."""
    held = {"held_back": stored.held_back} if stored.held_back else {}
    return {"id": stored.id, **message_object(stored.line, zone), **held}


def trail_object(stored: StoredLine, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `messages show --json`: the message, and all that is known of its way."""
    return stored_object(stored, zone) | {
        "subject": stored.subject,
        "period": stored.period,
        "registered_at": instant(stored.registered_at, zone),
        "decided_at": instant(stored.decided_at, zone),
        "filed_at": instant(stored.filed_at, zone),
        "ignored_because": stored.ignored_because,
        "holds_reading": stored.holds_reading,
        "silence": stored.silence,
        "held_back": stored.held_back,
        "tries": stored.tries,
        "last_error": stored.last_error,
    }


def acts_objects(acts: Sequence[AuditLine], zone: ZoneInfo) -> list[dict[str, Any]]:
    """What people did to a message, oldest first."""
    return [{"at": instant(act.at, zone), "by": act.actor, "act": act.act, "details": act.details} for act in acts]


def queue_object(item: QueueLine, zone: ZoneInfo, *, trail: bool = False) -> dict[str, Any]:
    """The line of `queue list --json`, or with its `trail` that of `queue show --json`."""
    place = {"queued_at": instant(item.queued_at, zone), "status": item.status, "assigned_to": item.assigned_to}
    return (trail_object if trail else stored_object)(item.message, zone) | place


def outbox_object(line: OutboxLine) -> dict[str, Any]:
    """The line of `outbox list --json`: the whole reply; no field of its header comes twice."""
    return asdict(line) | {"headers": dict(line.headers)}


def sent_object(line: OutboxLine) -> dict[str, Any]:
    """Where an answer stands, in the line of `messages show --json`."""
    shown = ("id", "kind", "to", "state", "tries", "last_error", "held_because", "is_address_bounced")
    return {name: getattr(line, name) for name in shown}


def export_object(line: ExportLine, zone: ZoneInfo) -> dict[str, Any]:
    """The line of `export --format jsonl`."""
    instants = {name: instant(getattr(line, name), zone) for name in ("registered_at", "received_at")}
    return asdict(line) | instants


def account_object(account: Account, history: Sequence[PastReading], zone: ZoneInfo) -> dict[str, Any]:
    """The object of `register show --json`."""
    return {
        "account": account.number,
        "customer_type": account.customer_type,
        "housing": account.housing,
        "full_name": account.full_name,
        "address": account.address,
        "emails": sorted(account.emails),
        "contracts": dict(account.contracts),
        "registers": [_register_object(register) for register in account.registers],
        "recorded": [_recorded_object(past, zone) for past in history],
    }


def _register_object(register: MeterRegister) -> dict[str, Any]:
    return {
        "serial": register.serial,
        "service": register.service,
        "zone": register.zone,
        "tariff_no": register.tariff_no,
        "digits": register.digits,
        "decimals": register.decimals,
        "previous_value": _plain(register.previous_value),
        "previous_on": register.previous_on.isoformat() if register.previous_on else None,
    }


def _recorded_object(past: PastReading, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "period": past.period,
        "serial": past.serial,
        "service": past.service,
        "zone": past.zone,
        "value": _plain(past.value),
        "state": past.state,
        "received": instant(past.received, zone),
        "sender": past.sender,
        "message": past.message_id,
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
