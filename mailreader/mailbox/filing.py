"""Filing: handled mail goes into the folder of its outcome, in batches; nothing is ever deleted."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from imapclient import DELETED
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailreader.mailbox.access import MailboxAccess, MoveResult
from mailreader.mailbox.connection import Client

_LISTED: Final = 500
_IN_PLACE: Final = (
    "The server has neither MOVE nor UIDPLUS: mail is left in place, because a bare EXPUNGE would also remove what "
    "others have marked. It is handled all the same; ask for a server with one of the two."
)


def move(client: Client, access: MailboxAccess, uids: Sequence[int], folder: str) -> MoveResult:
    """Move messages of the selected folder; those that have vanished are fine."""
    has_move = client.has_capability("MOVE")
    if not has_move and not client.has_capability("UIDPLUS"):
        return MoveResult(moved=False, remark=_IN_PLACE)
    client.bounds.begin(access.timeout_seconds)
    target = folder_on_server(client, folder)
    for begin in range(0, len(uids), _LISTED):
        client.bounds.begin(access.timeout_seconds)
        _move_some(client, uids[begin : begin + _LISTED], target, has_move=has_move)
    return MoveResult(moved=True)


def _move_some(client: Client, uids: Sequence[int], target: str, *, has_move: bool) -> None:
    """Move, and make the folder only where the server says that it is missing: most of the time it is there."""
    transfer = client.move if has_move else client.copy
    for tries_left in (2, 1, 0):
        try:
            transfer(uids, target)
            break
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if not tries_left:
                raise
            _mend(client, target, error)
    if not has_move:
        client.add_flags(uids, [DELETED], silent=True)
        client.uid_expunge(uids)


def _mend(client: Client, target: str, error: IMAPClientError) -> None:
    """Do what makes a second try worth while; raises the error where there is nothing to be done."""
    if "[EXPUNGEISSUED]" in str(error).upper():
        client.noop()  # another client took some of them; hereby the server tells which, and then forgets them
    elif folder_exists(client, target):
        raise error
    else:
        create_folder(client, target)


def create_folder(client: Client, target: str) -> None:
    """Make a folder and show it to people's mail programs; somebody else may make it in the same moment."""
    try:
        client.create_folder(target)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if not folder_exists(client, target):
            raise
    with suppress(IMAPClientError):
        client.subscribe_folder(target)


def folder_exists(client: Client, target: str) -> bool:
    """Whether the server lists the folder; a name with wildcards of LIST is compared as it is."""
    return any(name == target for _flags, _delimiter, name in client.list_folders("", target))


def folder_on_server(client: Client, folder: str) -> str:
    """Give the server's name of a folder: its own hierarchy delimiter for `/`, within its personal namespace.

    RFC 2342: where that namespace has a prefix (`INBOX.`), folders can only be made beneath it.
    """
    prefix, delimiter = "", "/"
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, delimiter = personal[0]
    else:
        delimiter = next((mark.decode() for _flags, mark, _name in client.list_folders("", "") if mark), delimiter)
    if delimiter:
        folder = folder.replace("/", delimiter)
    return folder if folder.upper() == "INBOX" or folder.startswith(prefix) else prefix + folder
