"""Filing: handled mail goes into the folder of its outcome, in batches; nothing is ever deleted."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from imapclient import DELETED
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailreader.mailbox.access import Filed, MailboxAccess, MoveResult, Place
from mailreader.mailbox.connection import Client

_LISTED: Final = 500
_COPYUID: Final = re.compile(r"(\d{1,10}) (\d{1,10}(?:[:,]\d{1,10})*) (\d{1,10}(?:[:,]\d{1,10})*)")
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
    places: dict[int, Place] = {}
    for begin in range(0, len(uids), _LISTED):
        client.bounds.begin(access.timeout_seconds)
        places |= _move_some(client, uids[begin : begin + _LISTED], target, has_move=has_move)
    return MoveResult(moved=True, places=places)


def refile(client: Client, access: MailboxAccess, mails: Sequence[Filed], source: str, target: str) -> MoveResult:
    """Move messages that were filed into `source` on to `target`; `places` is by their place in `mails`.

    What a person has taken from there meanwhile is not searched for elsewhere. Another folder is selected afterwards.
    """
    client.bounds.begin(access.timeout_seconds)
    name = folder_on_server(client, source)
    if not folder_exists(client, name):
        return MoveResult(moved=True)
    uidvalidity = client.select_folder(name).get(b"UIDVALIDITY") or 0
    uids = {place: uid for place, mail in enumerate(mails) if (uid := _find(client, access, mail, uidvalidity))}
    result = move(client, access, list(uids.values()), target)
    places = {place: result.places[uid] for place, uid in uids.items() if uid in result.places}
    return replace(result, places=places)


def _find(client: Client, access: MailboxAccess, mail: Filed, uidvalidity: int) -> int | None:
    """The UID of a message in the selected folder: as it was told when it was put there, else by what it is."""
    if mail.place is not None and mail.place.uidvalidity == uidvalidity:
        return mail.place.uid
    if not mail.message_id:
        return None
    client.bounds.begin(access.timeout_seconds)
    found = client.search(["HEADER", "Message-ID", mail.message_id])
    sizes = client.fetch(found, ["RFC822.SIZE"]) if found else {}
    return next((uid for uid in found if sizes.get(uid, {}).get(b"RFC822.SIZE") == mail.size), None)


def _move_some(client: Client, uids: Sequence[int], target: str, *, has_move: bool) -> dict[int, Place]:
    """Move, and make the folder only where the server says that it is missing: most of the time it is there."""
    transfer = client.move if has_move else client.copy
    client.imap4.response("COPYUID")  # what an earlier command left
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
    places = _copied(client.imap4.response("COPYUID")[1])
    if not has_move:
        client.add_flags(uids, [DELETED], silent=True)
        client.uid_expunge(uids)
    return places


def _copied(answers: Sequence[bytes | None]) -> dict[int, Place]:
    """What the server told of a move or copy (RFC 4315, 3): UIDVALIDITY, former UIDs, new UIDs in the same order."""
    places: dict[int, Place] = {}
    for answer in answers:
        told = _COPYUID.fullmatch((answer or b"").decode("ascii", "replace").strip())
        if told is None:
            continue
        former, new = _uid_set(told[2]), _uid_set(told[3])
        if len(former) == len(new):
            places |= {old: Place(int(told[1]), uid) for old, uid in zip(former, new, strict=True)}
    return places


def _uid_set(text: str) -> list[int]:
    """The UIDs of a set; one that names more than a command moves is not believed."""
    uids: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        begin, end = sorted((int(first), int(last or first)))
        if end - begin >= _LISTED:
            return []
        uids.extend(range(begin, end + 1))
    return uids


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
