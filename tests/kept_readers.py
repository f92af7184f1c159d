"""Reading processes that outlive a test: to start one costs more than most tests that need one."""

from collections.abc import Iterator

import pytest

from mailreader.readers import Readers


class KeptReaders(Readers):
    """Readers whose end leaves their processes to who asks for such readers next."""

    is_lent = True

    def close(self) -> None:
        """Give them back."""
        self.is_lent = False

    def end(self) -> None:
        """End all processes."""
        super().close()


class Shelf:
    """All readers of a run of tests; two that are lent at the same time are never the same."""

    def __init__(self) -> None:
        self._kept: list[tuple[tuple[int, float, int], KeptReaders]] = []

    def lend(self, count: int, *, seconds: float, megabytes: int) -> KeptReaders:
        """Return readers that nobody uses now; as `Readers` is called."""
        wanted = (count, seconds, megabytes)
        for limits, readers in self._kept:
            if limits == wanted and not readers.is_lent:
                readers.is_lent = True
                return readers
        self._kept.append((wanted, KeptReaders(count, seconds=seconds, megabytes=megabytes)))
        return self._kept[-1][1]

    def end(self) -> None:
        """End all processes."""
        for _, readers in self._kept:
            readers.end()


@pytest.fixture(scope="module")
def _shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.end()


@pytest.fixture
def kept_readers(_shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program in this process read with readers that are kept; not for tests of how they start and end."""
    monkeypatch.setattr("mailreader.app.Readers", _shelf.lend)
