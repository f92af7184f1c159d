"""What all commands share: which exception ends the program with which code and sentence, and the form of help."""

import errno
import sys
from collections.abc import Iterator
from enum import IntEnum, unique
from typing import Any, Final

import click


@unique
class ExitCode(IntEnum):
    """How the program ends; 75 and 78 as in sysexits.h."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    TEMPORARY = 75
    CONFIGURATION = 78

    @property
    def meaning(self) -> str:
        """What it says to who started the program."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "failed",
    ExitCode.USAGE: "wrong usage",
    ExitCode.TEMPORARY: "a server's temporary fault",
    ExitCode.CONFIGURATION: "a configuration error",
}


class Failed(Exception):
    """A command cannot do what it was asked for; the text is a sentence for the person who asked."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.FAILED) -> None:
        """`code` is how the program ends."""
        super().__init__(sentence)
        self.code = code


def exit_codes() -> Iterator[tuple[type[Exception], ExitCode]]:
    """Yield every foreseen exception with its exit code; what comes first goes first."""
    from config.replies import RepliesError
    from config.settings import ConfigurationError
    from config.words import WordsError
    from mailreader.register_file import RegisterFileError

    yield from ((fault, ExitCode.CONFIGURATION) for fault in (ConfigurationError, RepliesError, WordsError))
    yield RegisterFileError, ExitCode.FAILED
    if "mailreader.store" in sys.modules:  # else nothing can have raised what it defines
        from mailreader.store import DATABASE_FAULTS, AddressError, CursorAhead, DatabaseDamaged, SchemaError

        yield CursorAhead, ExitCode.FAILED
        yield AddressError, ExitCode.CONFIGURATION
        yield SchemaError, ExitCode.CONFIGURATION
        yield DatabaseDamaged, ExitCode.FAILED
        yield from ((fault, ExitCode.TEMPORARY) for fault in DATABASE_FAULTS)
    yield OSError, ExitCode.FAILED


def exit_code_of(error: Exception) -> ExitCode | None:
    """Return the exit code of a foreseen exception; None for a fault of our own, or a reader that went away."""
    if isinstance(error, Failed):
        return error.code
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        return None
    if "mailreader.mailbox" in sys.modules:
        from mailreader.mailbox import MailboxFault

        if isinstance(error, MailboxFault):
            return ExitCode.TEMPORARY if error.temporary else ExitCode.FAILED
    return next((code for kind, code in exit_codes() if isinstance(error, kind)), None)


def sentence_of(error: Exception) -> str:
    """Return what is told to people; of the database its own words alone, without statements and values of ours."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    origin = getattr(error, "orig", None)
    if origin is not None and exit_code_of(error) is ExitCode.FAILED:
        return str(origin)  # a sentence of ours: waiting does not mend it
    if origin is not None:
        return f"The database cannot be worked with at present: {' '.join(str(origin).split())}"
    return str(error) or type(error).__name__


class Program(click.Group):
    """A group that ends foreseen faults with a sentence on standard error and their exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- as click has it
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = exit_code_of(error)
            if code is None:
                raise
            click.echo(sentence_of(error), err=True)
            ctx.exit(code)


_HEADING: Final = "\b\nExample:\n"
_INDENT: Final = "  "


def examples(*commands: str) -> str:
    """Return the end of a command's help: how it is typed."""
    return _HEADING + "\n".join(f"{_INDENT}{command}" for command in commands)


def examples_in(epilog: str | None) -> list[str]:
    """Return the commands that `examples` was given, out of the end of a command's help."""
    shown = (epilog or "").partition(_HEADING)[2].partition("\n\n")[0]
    return [line.removeprefix(_INDENT) for line in shown.splitlines()]


def exit_codes_told() -> str:
    """Return the end of the program's help: its exit codes in a sentence."""
    return "Exit codes: " + ", ".join(f"{code.value} {code.meaning}" for code in ExitCode) + "."


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
