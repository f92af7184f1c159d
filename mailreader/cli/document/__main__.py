"""`python -m mailreader.cli.document`."""

import sys

from mailreader.cli.document import main

sys.exit(main(sys.argv[1:]))
