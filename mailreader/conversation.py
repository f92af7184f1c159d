"""An answer to our own answer, read together with the message that it continues (rules, section 5).

What it states wins, and what it leaves out (the account, the meter, the other value) is taken from there.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from mailreader.sections import Section


def continued(fresh: Sequence[Section], before: Sequence[Section]) -> list[Section]:
    """The sections of a message, with what it leaves out; several accounts on either side continue nothing."""
    if len(fresh) != 1 or len(before) != 1 or not _brings_something(fresh[0]):
        return list(fresh)
    now, then = fresh[0], before[0]
    if now.stated and then.account and now.account is not then.account:
        return list(fresh)
    named = now if now.stated or not then.stated else then
    current = Section.of(named.account, named.stated, now.numbers, now.text)
    return [replace(current, earlier=_with_meter(_under(named, then), current))]


def _under(named: Section, section: Section) -> Section:
    """The section, and all that it continues, as it is under the account that was named at last."""
    renamed = Section.of(named.account, named.stated, section.numbers, section.text)
    return replace(renamed, earlier=_under(named, section.earlier)) if section.earlier else renamed


def _brings_something(section: Section) -> bool:
    """Whether a message states an account, a value or a meter."""
    return bool(section.stated or section.values or section.serials.explained)


def _with_meter(earlier: Section, current: Section) -> Section:
    """Tie the one serial that a message states alone to the one value of the message that it continues."""
    serials = current.serials.explained
    if current.values or len(serials) != 1 or len(earlier.values) != 1:
        return earlier
    tied = MappingProxyType({earlier.values[0]: next(iter(serials)).key})
    return replace(earlier, serials=replace(earlier.serials, tied=tied))
