"""The mailbox as the rest of the program sees it: connect, select, list, fetch, move, wait."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailreader.mailbox import filing
from mailreader.mailbox.access import Fetched, Filed, MailboxAccess, MoveResult, Selected
from mailreader.mailbox.connection import Bounds, Client, open_client
from mailreader.mailbox.faults import FAILURES, FaultCode, MailboxFault, fault_of, is_unavailable
from mailreader.mailbox.fetch import Suspects, fetch, new_uids
from mailreader.mailbox.idle import LONGEST, Stop, idle

_LEAVE_SECONDS = 5.0


class Mailbox:
    """One connection to one folder, for one thread.

    Every operation has a deadline as a whole and raises nothing but `MailboxFault`. After a fault the connection is
    closed; `connect` opens a new one, and the object remembers over which messages it was lost. Whether a person has
    seen a message is neither set nor asked for.
    """

    def __init__(self, access: MailboxAccess) -> None:
        """Take the access; nothing is opened yet."""
        self.access = access
        self._bounds = Bounds()
        self._client: Client | None = None
        self._selected: Selected | None = None
        self._suspects = Suspects()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection that has not failed."""
        return self._client is not None

    def connect(self) -> None:
        """Open the connection and log in; a connection that is open is closed before."""
        self.close()
        with self._faults("connecting"):
            self._client = open_client(self.access, self._bounds)

    def close(self) -> None:
        """Log out where that is still possible, and close; never raises."""
        client, self._client, self._selected = self._client, None, None
        if client is None:
            return
        self._bounds.begin(min(_LEAVE_SECONDS, self.access.timeout_seconds))
        with suppress(*FAILURES):
            client.logout()
        with suppress(*FAILURES):
            client.shutdown()

    def select(self) -> Selected:
        """Select the folder afresh; UIDVALIDITY says whether UIDs seen before still mean the same messages."""
        with self._operation("selecting") as client:
            try:
                answer = client.select_folder(self.access.folder, readonly=self.access.read_only)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                if is_unavailable(error):
                    raise
                message = f"{self._where('selecting')}: {error}. Make the folder on the server, or set `folder`."
                raise MailboxFault(message, code=FaultCode.FOLDER, temporary=False) from error
            return self._take(client, answer)

    def look_into(self, folder: str) -> Selected | None:
        """Select a folder of the configuration so that nothing can be changed in it; None where it is not there."""
        with self._operation("looking into another folder") as client:
            name = filing.folder_on_server(client, folder)
            if not filing.folder_exists(client, name):
                return None
            return self._take(client, client.select_folder(name, readonly=True))

    def new_uids(self, last_uid: int) -> list[int]:
        """List the UIDs above `last_uid`, ascending; `select` first, a server may show the folder as it was then."""
        with self._operation("listing") as client:
            selected = self._selected or self.select()
            client.forget_mail()
            return new_uids(client, selected, last_uid, self.access.timeout_seconds)

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[Fetched, ...]]:
        """Yield batches as they come; each UID asked for is in exactly one. Save a batch before taking the next."""
        with self._operation("fetching") as client:
            batches = fetch(client, self.access, uids, self._suspects)
        while True:
            with self._operation("fetching"):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def move(self, uids: Sequence[int], folder: str) -> MoveResult:
        """Move messages into a folder of the configuration, which is made where it is missing."""
        with self._operation("filing") as client:
            return filing.move(client, self.access, uids, folder)

    def refile(self, mails: Sequence[Filed], source: str, target: str) -> MoveResult:
        """Move messages that were filed into `source` on to `target`; `places` is by their place in `mails`.

        Afterwards the folder of customers' mail is selected again; what came meanwhile is told by the next `idle`.
        """
        with self._operation("filing again") as client:
            result = filing.refile(client, self.access, mails, source, target)
            client.bounds.begin(self.access.timeout_seconds)
            client.select_folder(self.access.folder)
            return result

    def idle(self, stop: Stop, max_seconds: float = LONGEST) -> bool:
        """Wait until something may have happened, `stop` is set or `max_seconds` (at most 300) are over.

        True: scan now, be it for what was told in the answers to other commands since the last `new_uids`. False:
        `stop` was set, or the server cannot IDLE and told nothing.
        """
        with self._operation("waiting") as client:
            return idle(client, self.access, stop, max_seconds)

    def has_capability(self, capability: str) -> bool:
        """Whether the server announces a capability after login."""
        with self._operation("asking") as client:
            return bool(client.has_capability(capability))

    def has_folder(self, folder: str) -> bool:
        """Whether a folder of the configuration is there."""
        with self._operation("asking") as client:
            return filing.folder_exists(client, filing.folder_on_server(client, folder))

    def _take(self, client: Client, answer: Mapping[bytes, Any]) -> Selected:
        """Take what the server tells of a folder that was just selected."""
        numbers = (answer.get(key) or 0 for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS"))
        self._selected = Selected(*numbers)
        client.forget_mail()
        return self._selected

    def _where(self, doing: str) -> str:
        return f"mailbox {self.access.name} ({self.access.host}:{self.access.port}, {self.access.folder}), {doing}"

    @contextmanager
    def _operation(self, doing: str) -> Iterator[Client]:
        """Give the client within a fresh deadline."""
        if self._client is None:
            message = f"{self._where(doing)}: not connected."
            raise MailboxFault(message, code=FaultCode.CLOSED, temporary=True)
        self._bounds.begin(self.access.timeout_seconds)
        with self._faults(doing):
            yield self._client

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        """Map errors; afterwards the connection is of no use: its next answer might belong to the last command."""
        try:
            yield
        except MailboxFault:
            self._drop()
            raise
        except FAILURES as error:
            self._drop()
            raise fault_of(error, self._where(doing)) from error

    def _drop(self) -> None:
        client, self._client, self._selected = self._client, None, None
        if client is not None:
            with suppress(*FAILURES):
                client.shutdown()
