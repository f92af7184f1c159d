"""Who does it: the name that the audit trail keeps of a person at a shell."""

import getpass
import os

import click


def login_name() -> str:
    """The login name of the person, also behind sudo; the number of the user where it has no name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # OSError from Python 3.13 on
        return f"uid {os.getuid()}"


def _named(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = " ".join(value.split())
    if not name:
        raise click.BadParameter("the trail needs a name.")
    return name


by = click.option(
    "--by",
    "actor",
    metavar="NAME",
    default=login_name,
    show_default="your login name",
    callback=_named,
    help="Who does this, for the audit trail.",
)
