"""systemd is told how we are, and nothing depends on it."""

import socket
from pathlib import Path

import pytest

from mailreader.notify import notify


def test_state_reaches_the_socket_that_systemd_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One datagram, as sd_notify(3) has it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "notify"))
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert server.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@mailreader-nobody-listens", "/" + "x" * 300])
def test_socket_that_is_not_there_stops_nothing(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by hand, or with a systemd that went away."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")
