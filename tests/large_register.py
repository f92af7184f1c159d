"""A register of hundreds of thousands of accounts of the corpora's shape, made as they are asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from models.register import Account, MeterRegister, RegisterExcerpt, bare_key, identifier_key

_METERS = 4
"""Serials that are kept for each made account."""


@dataclass(frozen=True, slots=True)
class Scatter:
    """A fixed permutation of the numbers below a prime: places to numbers that look drawn by lot, and back."""

    prime: int
    factor: int

    @property
    def digits(self) -> int:
        """How many digits every number has, with leading zeros."""
        return len(str(self.prime))

    def number(self, place: int) -> str:
        """The number at a place."""
        return f"{place * self.factor % self.prime:0{self.digits}d}"

    def place(self, number: str) -> int | None:
        """The place of a number; None for what is no number of this kind."""
        if len(number) != self.digits or not number.isdecimal() or int(number) >= self.prime:
            return None
        return int(number) * pow(self.factor, -1, self.prime) % self.prime


_PRIMES = {6: 999_983, 7: 9_999_991, 8: 99_999_989}
"""The greatest prime of so many digits."""


def _drawn(name: str) -> Random:
    """Numbers drawn by lot, the same for the same name."""
    return Random(name)  # noqa: S311 - no secret is made of them


def scatter(digits: int) -> Scatter:
    """A permutation of the numbers of so many digits, always the same."""
    return Scatter(_PRIMES[digits], _drawn(str(digits)).randrange(_PRIMES[digits] // 10, _PRIMES[digits]))


@dataclass(frozen=True, slots=True)
class LargeRegister:
    """The corpora's accounts among made ones; hands out what a message names, as the store does.

    A made account has the meters of a given one, with other serials and previous values. Of 300,000 accounts of
    seven digits every thirty-third number is one, of six digits every third.
    """

    given: Mapping[str, Account]
    owners: Mapping[str, str]
    size: int
    accounts: Scatter
    serials: Scatter

    @classmethod
    def around(cls, accounts: Iterable[Account], size: int, digits: int) -> "LargeRegister":
        """Fill up the register of these accounts to `size` with accounts of so many digits."""
        given = {identifier_key(account.number): account for account in accounts}
        owners = {identifier_key(meter.serial): key for key, account in given.items() for meter in account.registers}
        return cls(given, owners, size, scatter(digits), scatter(8))

    def excerpt(self, identifiers: Iterable[str], sender: str | None) -> RegisterExcerpt:
        """What a message can concern: the accounts that its identifiers or its sender's address name."""
        keys = {key for identifier in identifiers for key in self._keys(identifier)}
        keys |= {key for key, account in self.given.items() if sender in account.emails}
        return RegisterExcerpt.of(self._account(key) for key in sorted(keys))

    def _keys(self, identifier: str) -> Iterator[str]:
        """The accounts that an identifier names by its own number, without leading zeros, or by a serial."""
        bare = bare_key(identifier)
        yield from (key for key in self.given if bare and bare_key(key) == bare)
        padded = bare.zfill(self.accounts.digits)
        if self._is_made(padded):
            yield padded
        place = self.serials.place(identifier)
        if identifier in self.owners:
            yield self.owners[identifier]
        elif place is not None and place < self.size * _METERS:
            owner = self.accounts.number(place // _METERS)
            yield from [owner] if self._is_made(owner) else []

    def _is_made(self, key: str) -> bool:
        place = self.accounts.place(key)
        return place is not None and 0 < place < self.size - len(self.given) and key not in self.given

    def _account(self, key: str) -> Account:
        if key in self.given:
            return self.given[key]
        random = _drawn(key)
        shape = random.choice(list(self.given.values()))
        place = self.accounts.place(key) or 0
        serials = sorted({meter.serial for meter in shape.registers})
        renamed = {serial: self.serials.number(place * _METERS + nth) for nth, serial in enumerate(serials[:_METERS])}
        return replace(
            shape,
            number=key,
            emails=frozenset({f"made{key}@mail.example"}),
            full_name=f"Made {random.randrange(10**6)}",
            address=f"Made street {random.randrange(1, 300)}, {random.randrange(1, 200)}",
            registers=tuple(
                _refilled(meter, key, renamed[meter.serial], random)
                for meter in shape.registers
                if meter.serial in renamed
            ),
        )


def _refilled(meter: MeterRegister, account: str, serial: str, random: Random) -> MeterRegister:
    """The same register of another meter, with a previous value of its own."""
    value = Decimal(random.randrange(meter.capacity * 9 // 10))
    read_on = date(2026, 10, 31) - timedelta(days=random.randrange(12))
    return replace(meter, account=account, serial=serial, previous_value=value, previous_on=read_on)
