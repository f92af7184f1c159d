"""Changes of a mail that change nothing of what its customer says, each a function of a corpus entry."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from models.statement import Role
from tests.parsers.statements import read_text

Entry = Mapping[str, Any]
Change = Callable[[Entry], Entry | None]
"""None where the change cannot be made to this entry."""

_QUOTE: Final = """

ср, 28 окт. 2026 г. в 11:02, Приём показаний <pokazaniya@energosbyt.example>:

> Лицевой счёт 2621429: свет 73100, горячая вода 110 приняты.
> Показания принимаются с 18 числа до конца месяца.
"""
_OUTLOOK: Final = """

-----Original Message-----
From: Айгуль <aigul@inbox.example>
Sent: Monday, October 26, 2026 9:14 AM
To: pokazaniya@energosbyt.example
Subject: показания

лицевой 2621429 свет 73100 гвс 110
"""
_SIGNATURE: Final = """

--
С уважением,
Серікбаев Ержан
ведущий инженер, каб. 214
тел. +7 (701) 555-44-33, вн. 1204
"""
_SINGLE_SPACE: Final = re.compile(r"(?<![\d ]) (?![\d ])")


def _with_body(change: Callable[[str], str]) -> Change:
    """A change of the plain text alone; an entry with HTML is left out, for that text may be read instead."""

    def changed(entry: Entry) -> Entry | None:
        if "html" in entry or not entry.get("body", "").strip():
            return None
        return {**entry, "body": change(entry["body"])}

    return changed


def _in_subject_too(change: Callable[[str], str]) -> Change:
    body = _with_body(change)

    def changed(entry: Entry) -> Entry | None:
        made = body(entry)
        return made and {**made, "subject": change(made.get("subject") or "")}

    return changed


def _as_html(wrap: Callable[[str], str]) -> Change:
    def changed(entry: Entry) -> Entry | None:
        if "html" in entry or not entry.get("body", "").strip() or ">" in entry["body"]:
            return None
        rest = {name: value for name, value in entry.items() if name != "body"}
        return {**rest, "html": wrap(entry["body"])}

    return changed


def _paragraphs(body: str) -> str:
    lines = "".join(f'<p style="margin:0">{escape(line) or "&nbsp;"}</p>\n' for line in body.splitlines())
    return f"<html><head><style>p {{ font-size: 12345px }}</style></head><body>{lines}</body></html>"


def _breaks(body: str) -> str:
    return f"<div dir='auto'>{'<br>'.join(escape(line) for line in body.splitlines())}</div>"


def swap_labelled_lines(entry: Entry) -> Entry | None:
    """The entry with neighbouring lines swapped that each hold one labelled value and nothing that goes on."""
    if "html" in entry:
        return None
    lines = entry.get("body", "").splitlines()
    labelled = [_is_labelled(line) for line in lines]
    place = next((place for place in range(len(lines) - 1) if labelled[place] and labelled[place + 1]), None)
    if place is None:
        return None
    lines[place : place + 2] = lines[place + 1], lines[place]
    return {**entry, "body": "\n".join(lines) + "\n"}


def _is_labelled(line: str) -> bool:
    numbers = read_text(line).numbers
    labels = {str(number.label.zone or "") + str(number.label.service or "") for number in numbers}
    return len(numbers) == 1 and numbers[0].role is Role.VALUE and labels != {""} and not line.endswith(("-", ","))


def one_digit_changed(text: str, value: str) -> Iterator[tuple[str, str]]:
    """The text with each digit of the one place of a value changed, and the value that it then is."""
    found = list(re.finditer(rf"(?<!\d){re.escape(value)}(?!\d|[.,]\d)", text))
    if len(found) != 1 or not value.isdecimal():
        return
    for place in range(len(value)):
        digit = str((int(value[place]) + 1) % 10)
        mutated = value[:place] + digit + value[place + 1 :]
        yield text[: found[0].start()] + mutated + text[found[0].end() :], mutated


CHANGES: Final[dict[str, Change]] = {
    "a greeting": _with_body(lambda body: "Добрый день, уважаемые сотрудники!\n\n" + body),
    "a Kazakh greeting": _with_body(lambda body: "Сәлеметсіз бе!\n" + body),
    "an English greeting": _with_body(lambda body: "Dear Sir or Madam,\n\n" + body),
    "a signature": _with_body(lambda body: body.rstrip("\n") + _SIGNATURE),
    "a mobile footer": _with_body(lambda body: body.rstrip("\n") + "\n\nОтправлено с iPhone\n"),
    "a Kazakh closing": _with_body(lambda body: body.rstrip("\n") + "\n\nҚұрметпен, Айгүл\n"),
    "a quote": _with_body(lambda body: body.rstrip("\n") + _QUOTE),
    "an older mail beneath": _with_body(lambda body: body.rstrip("\n") + _OUTLOOK),
    "a phone": _with_body(lambda body: body.rstrip("\n") + "\n\nТел. 8 701 555 44 33\n"),
    "a phone at the head": _with_body(lambda body: "+7 701 555 44 33\n\n" + body),
    "an address": _with_body(lambda body: body.rstrip("\n") + "\n\nАдрес: г. Астана, ул. Абая, д. 145, кв. 73\n"),
    "capitals": _in_subject_too(str.upper),
    "small letters": _in_subject_too(str.lower),
    "paragraphs of HTML": _as_html(_paragraphs),
    "line breaks of HTML": _as_html(_breaks),
    "empty lines at the head and the end": _with_body(lambda body: "\n\n" + body + "\n\n\n"),
    "spaces at the ends of lines": _with_body(lambda body: "\n".join(line + "  " for line in body.splitlines())),
    "indented lines": _with_body(lambda body: "\n".join("  " + line for line in body.splitlines())),
    "wide spaces between words": _with_body(lambda body: _SINGLE_SPACE.sub("  ", body)),
    "hard spaces between words": _with_body(lambda body: _SINGLE_SPACE.sub("\u00a0", body)),
    "labelled lines in another order": swap_labelled_lines,
}
