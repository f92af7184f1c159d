"""The operators' desk: what a person does with an item of the queue; the faces ask for it here."""

from mailreader.desk.desk import Desk, Done

__all__ = ["Desk", "Done"]
