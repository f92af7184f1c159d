"""The daemon and its faces."""
