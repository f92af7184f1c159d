"""What an import does to each account, told one by one: new, changed and in which columns, or gone."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from mailreader.store.lookup import load_accounts
from models.register import Account
from models.register_changes import AccountChange, ChangeKind, Note, changed_columns
from models.tables import AccountRow

_AT_ONCE: Final = 1000


class Changes:
    """Tells `note` of each account what happens to it; of those that the file has one byte each is remembered."""

    def __init__(self, note: Note, newest: int) -> None:
        """`newest` is the highest id of an account before the import."""
        self._note = note
        self._seen = bytearray(newest + 1)

    def note_chunk(self, session: Session, accounts: Sequence[Account]) -> None:
        """Compare accounts with what is stored of them; to be called before they are written."""
        ids = _ids(session, accounts)
        stored = {account.number: account for account in load_accounts(session, list(ids.values()))}
        for account in accounts:
            if account.number in stored:
                self._note_known(ids[account.number].id, stored[account.number], account)
            else:
                self._note(AccountChange(account.number, ChangeKind.NEW))

    def note_gone(self, session: Session) -> None:
        """Tell of the accounts that were there before and that no chunk had."""
        known = select(AccountRow.id, AccountRow.number).where(col(AccountRow.id) < len(self._seen))
        ordered = known.order_by(col(AccountRow.id)).execution_options(yield_per=_AT_ONCE)
        for number, account in session.exec(ordered):
            if not self._seen[number]:
                self._note(AccountChange(account, ChangeKind.GONE))

    def _note_known(self, number: int, before: Account, after: Account) -> None:
        self._seen[number] = True
        columns = changed_columns(before, after)
        if columns:
            self._note(AccountChange(after.number, ChangeKind.CHANGED, columns))


def _ids(session: Session, accounts: Sequence[Account]) -> dict[str, Any]:
    """The plain rows of accounts by their numbers."""
    table: Any = inspect(AccountRow).local_table
    wanted = [account.number for account in accounts]
    found = session.connection().execute(select(table).where(table.c.number.in_(wanted)))
    return {row.number: row for row in found}
