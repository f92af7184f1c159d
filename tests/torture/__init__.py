"""The fault harness: every operation fails in turn, and an oracle looks at what is left (docs/faults.md)."""
