"""`python -m mailreader`."""

from mailreader.cli import main

main(prog_name="mailreader")
