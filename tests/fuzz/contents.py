"""Letters of every kind that the machine sends, each content once, and each copy of it with a mark of its own."""

from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Final

from models.catalogue import Outcome
from tests.system.site import CUSTOMER, NO_ACCOUNT, OUR_ADDRESS, REQUEST, letter

MARK: Final = "X-Copy"
"""The field that tells the copies of a letter apart: a header is no part of what makes two deliveries one message."""


class Kind(StrEnum):
    """What a letter is, and so what has to become of it."""

    GOOD = "good"
    REJECTED = "rejected"
    REQUEST = "request"
    ROBOT = "robot"
    UNREADABLE = "unreadable"


OUTCOMES: Final = {
    Kind.GOOD: Outcome.ACCEPTED,
    Kind.REJECTED: Outcome.REJECTED,
    Kind.REQUEST: Outcome.REVIEW,
    Kind.ROBOT: Outcome.IGNORED,
    Kind.UNREADABLE: Outcome.REVIEW,
}


@dataclass(frozen=True, slots=True)
class Content:
    """One letter: its number, which no other has, the name that its Message-ID is made of, and its kind."""

    number: int
    name: str
    kind: Kind

    @property
    def is_answered(self) -> bool:
        """Whether an answer is due."""
        return self.kind is not Kind.ROBOT

    @property
    def value(self) -> str:
        """The value that a good letter states, and no other one does."""
        return str(58_100 + self.number)

    def copy(self, number: int) -> bytes:
        """The letter as it is delivered for the `number`th time that anything is."""
        if self.kind is Kind.UNREADABLE:
            return _without_text(self.name, number)
        text = {
            Kind.GOOD: f"Лицевой счет 0863576. Свет {self.value}.",
            Kind.REJECTED: f"{NO_ACCOUNT} Письмо {self.number}.",
            Kind.REQUEST: REQUEST,
            Kind.ROBOT: f"Лицевой счет 0863576. Свет {self.value}.",
        }[self.kind]
        robot = {"Auto_Submitted": "auto-replied"} if self.kind is Kind.ROBOT else {}
        return letter(text, name=self.name, X_Copy=str(number), **robot)


def _without_text(name: str, number: int) -> bytes:
    message = EmailMessage()
    for field, value in (("From", CUSTOMER), ("To", OUR_ADDRESS), ("Message-ID", f"<{name}@mail.example>")):
        message[field] = value
    message[MARK] = str(number)
    return message.as_bytes()
