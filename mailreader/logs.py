"""The log, on standard error: JSON for the journal, text on a terminal; ids and codes, no addresses, no text of mail.

An exception is logged by its type and the lines it passed, without its message: that may quote a mail, or the values of
a query. What servers say is logged on one line, without the addresses that it names.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_PLACES: Final = 12
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]{},;:\"'=]+@[^\s<>()\[\]{},;:\"'=]+")
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class _FromLibraries(logging.Handler):
    """Takes what libraries log: that they did, from where, and which exception; not what they say."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record as ours."""
        structlog.get_logger().log(record.levelno, "library", logger=record.name, exc_info=record.exc_info or None)


def configure_logs(level: str, form: str) -> None:
    """Set up structlog, and let what libraries log go the same way; `form` is auto, json or text."""
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    as_lines = structlog.dev.ConsoleRenderer(colors=colours)
    renderer = as_lines if as_text else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_exception,
            without_addresses,
            *([_name_exception] if as_text else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.ERROR, handlers=[_FromLibraries(logging.ERROR)], force=True)


def describe_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the type and the place of an exception in the place of `exc_info`."""
    found = _exception_info(event.pop("exc_info", None))
    if found is not None:
        kind, _, trace = found
        frames = traceback.extract_tb(trace)[-_PLACES:]
        event["exception"] = kind.__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def without_addresses(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put every text on one line, without what would move it about, and a sign in the place of every address."""
    return {name: _told(value) for name, value in event.items()}


def _told(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_told(one) for one in value]
    if not isinstance(value, str):
        return value
    return _ADDRESS.sub("<address>", "".join(letter if letter.isprintable() else " " for letter in value))


def _name_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Give the exception a name that the renderer does not put on a line of its own."""
    if "exception" in event:
        event["raised"] = event.pop("exception")
    return event


def _exception_info(given: object) -> ExceptionInfo | None:
    """The exception that `exc_info` stands for: itself, its triple, or (True) the one that is being handled."""
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    triple = given if isinstance(given, tuple) else sys.exc_info() if given else (None, None, None)
    kind, error, trace = triple
    return None if kind is None or error is None else (kind, error, trace)
