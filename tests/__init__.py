"""The tests: they mirror the source; `servers` starts the real servers that they run against."""
