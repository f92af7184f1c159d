"""The commands of the program, walked: what is asked of every command is asked of each that is there."""

from collections.abc import Iterator

from click import Command, Group, Parameter

from mailreader.cli import main


def every_command(command: Command = main, *names: str) -> Iterator[list[str]]:
    """Yield the words of every command and group."""
    yield list(names)
    if isinstance(command, Group):
        for name, below in command.commands.items():
            yield from every_command(below, *names, name)


def found(names: list[str]) -> Command:
    """Return the command of these words."""
    command: Command = main
    for name in names:
        assert isinstance(command, Group)
        command = command.commands[name]
    return command


def every_group() -> list[list[str]]:
    """Return the words of every group."""
    return [names for names in every_command() if isinstance(found(names), Group)]


def every_leaf() -> list[str]:
    """Return every command that is no group, its words with blanks between them."""
    return [" ".join(names) for names in every_command() if not isinstance(found(names), Group)]


def every_parameter() -> Iterator[tuple[str, Parameter]]:
    """Yield every argument and option, each with the words of its command."""
    for names in every_command():
        yield from ((" ".join(names), parameter) for parameter in found(names).params)


def help_of(command: str) -> str | None:
    """Return what the command says that it does."""
    return found(command.split()).help


def has_json(command: str) -> bool:
    """Whether the command takes --json."""
    return any("--json" in parameter.opts for parameter in found(command.split()).params)
