"""The part of `check` that speaks to the relay, and sends a test message where one is asked for."""

from ssl import SSLCertVerificationError
from typing import Final

from config.replies import RepliesError, load_reply_texts
from config.settings import ConfigurationError
from mailreader.cli.findings import Finding, Level
from mailreader.cli.setup import Setup

_REFUSED_FOR_GOOD: Final = range(500, 600)


def try_relay(setup: Setup) -> Finding:
    """Connect, protect, log in, and take leave."""
    from mailreader.outbox import Outbox

    relay = setup.app.relay()
    where = f"{relay.host}:{relay.port}"
    try:
        greeting = Outbox(relay).probe()
    except OSError as error:
        level, what_to_do = _advice(error)
        return Finding("relay", level, f"{where}: {str(error).rstrip('.')}. {what_to_do}")
    return Finding("relay", Level.OK, f"{where} answers as {greeting}.")


def send_test_message(setup: Setup, to: str) -> Finding:
    """Send a test message, as answers are sent; what the relay said."""
    from mailreader.relay import Delivered, Failed, Retry, Unknown
    from mailreader.specimen import Specimen, send_test

    try:
        relay, texts = setup.app.relay(), load_reply_texts(setup.settings.answers.texts)
    except (ConfigurationError, RepliesError) as error:
        return Finding("test message", Level.CONFIGURATION, f"It was not sent: {error}.")
    match send_test(relay, Specimen.of(to, texts, setup.app.service()), setup.app.clock()):
        case Delivered(answer):
            sentence = f"The relay took it ({answer}). See that it arrives at {to}, and not among spam."
            return Finding("test message", Level.OK, sentence)
        case Retry(stage, why):
            return Finding("test message", Level.TEMPORARY, f"It was not sent; the relay at {stage}: {why}.")
        case Failed(why, stage):
            return Finding("test message", Level.ERROR, f"The relay refuses it for good at {stage}: {why}.")
        case Unknown(why):
            sentence = f"It may have arrived at {to}: the relay did not answer to its end ({why})."
            return Finding("test message", Level.TEMPORARY, sentence)


def _advice(error: OSError) -> tuple[Level, str]:
    """How grave a fault of the relay is, and what to do; a refusal may be wrapped in what says where it happened."""
    cause = error.__cause__ or error
    if isinstance(cause, SSLCertVerificationError):
        return (
            Level.ERROR,
            "Set `smtp.cafile` to the authority that signed it, and `smtp.host` to a name that it holds.",
        )
    if getattr(cause, "smtp_code", 0) in _REFUSED_FOR_GOOD:
        return Level.ERROR, "Check `smtp.username` and the password."
    return Level.TEMPORARY, "Check `smtp.host`, `port` and `tls`."
