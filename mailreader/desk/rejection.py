"""What becomes of an item that an operator turns down (rules, section 6). Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from models.acts import ActRefused, QueuedItem, Rejection
from models.catalogue import Outcome, ReadingStatus, Reason, Remedy
from models.verdict import Finding, JudgedReading, Verdict

_SAY_WHY: Final = (
    "What this item was put aside for is for a person to decide: say why it is turned down, with --reason or --text."
)


def reject(item: QueuedItem, order: Rejection) -> Verdict:
    """The verdict on an item that an operator turns down; what was recorded of it stays recorded."""
    person = [reason for reason in order.reasons or item.verdict.reasons if reason.remedy is Remedy.PERSON]
    if not order.words and (person or not (order.reasons or item.verdict.reasons)):
        raise ActRefused(_SAY_WHY)
    recorded = [one for one in item.verdict.readings if one.status is ReadingStatus.RECORDED]
    refused = [
        _refused(one, order.reasons) for one in item.verdict.readings if one.status is not ReadingStatus.RECORDED
    ]
    findings = item.verdict.findings
    if order.reasons:
        findings = tuple(Finding(reason) for reason in order.reasons[1 if refused else 0 :])
    return replace(
        item.verdict,
        outcome=_outcome(item, recorded=bool(recorded), complains=bool(refused or findings)),
        findings=findings,
        readings=(*recorded, *refused),
        silence=None,
    )


def _outcome(item: QueuedItem, *, recorded: bool, complains: bool) -> Outcome:
    """The outcome after a rejection; where only a request is answered beside good readings it stays."""
    if not recorded:
        return Outcome.REJECTED
    return Outcome.PARTIAL if complains else item.verdict.outcome


def _refused(reading: JudgedReading, reasons: Sequence[Reason]) -> JudgedReading:
    finding = reading.finding
    if reasons:
        finding = Finding(reasons[0], finding.facts if finding else {})
    return replace(reading, status=ReadingStatus.REJECTED, finding=finding)
