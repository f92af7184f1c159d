"""The register from billing: all or nothing, and nothing new where nothing changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from mailreader.store import ImportCounts, Store
from models.catalogue import ContractStatus, Service
from models.register import Account
from models.register_changes import AccountChange, ChangeKind
from tests.store.samples import account


def test_same_register_again_changes_nothing(store: Store) -> None:
    """The import is idempotent."""
    assert store.import_register([account()]) == ImportCounts(unchanged=1)
    known = store.account("0123456")
    assert known is not None
    assert known[0] == account()


def test_counts_name_new_changed_unchanged_and_gone(store: Store) -> None:
    """An account that the file no longer has is reported and stays."""
    store.import_register([account("2", "M2"), account("3", "M3")])
    counts = store.import_register(
        [account("2", "M2"), replace(account("3", "M3"), address="moved"), account("4", "M4")]
    )
    assert counts == ImportCounts(new=1, changed=1, unchanged=1, gone=1)
    assert store.account("0123456") is not None


def test_exception_in_the_middle_leaves_the_old_register(store: Store) -> None:
    """All or nothing."""

    def broken() -> Iterator[Account]:
        yield from (account(str(number), f"M{number}") for number in range(2000))
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the very exception that the file raised
        store.import_register(broken())
    assert store.account("1999") is None
    assert store.import_register([account()]) == ImportCounts(unchanged=1)


def test_dry_run_counts_and_writes_nothing(store: Store) -> None:
    """The counts are those of a true run."""
    assert store.import_register([account("2", "M2")], dry_run=True) == ImportCounts(new=1, gone=1)
    assert store.account("2") is None


def test_changed_account_takes_over_every_fact(store: Store) -> None:
    """Meters that billing names no more are not used; a meter that comes back is."""
    newer = replace(
        account(serial="NEW", previous=None, emails=frozenset({"new@mail.example"})),
        full_name="Other",
        contracts={Service.ELECTRICITY: ContractStatus.TERMINATED},
    )
    for wanted in (newer, account(), newer):
        store.import_register([wanted])
        known = store.account("0123456")
        assert known is not None
        assert known[0] == wanted


def test_progress_tells_the_accounts_done(store: Store) -> None:
    """The last call names them all."""
    told: list[int] = []
    store.import_register((account(str(number), f"M{number}") for number in range(1200)), told.append)
    assert told[-1] == 1200
    assert told == sorted(told)


def test_account_is_found_as_it_is_written(store: Store) -> None:
    """Hyphens and spaces do not matter; an unknown number finds nothing."""
    store.import_register([account("AB-12", "M2", ("1", date(2026, 10, 1)))])
    known = store.account("ab 12")
    assert known is not None
    assert known[0].number == "AB-12"
    assert store.account("nobody") is None


def test_changes_name_each_account_that_is_new_changed_or_gone(store: Store) -> None:
    """A changed one with the columns that differ; an unchanged one is no change, and the counts are the same."""
    store.import_register([account("2", "M2"), account("3", "M3"), account("4", "M4")])
    moved = replace(account("3", "M3", ("101", date(2026, 11, 25))), address="moved")
    found: list[AccountChange] = []
    counts = store.import_register([account("9", "M9"), moved, account("4", "M4")], dry_run=True, note=found.append)
    assert counts == ImportCounts(new=1, changed=1, unchanged=1, gone=2)
    assert found == [
        AccountChange("9", ChangeKind.NEW),
        AccountChange("3", ChangeKind.CHANGED, ("address", "previous_value", "previous_on")),
        AccountChange("0123456", ChangeKind.GONE),
        AccountChange("2", ChangeKind.GONE),
    ]
