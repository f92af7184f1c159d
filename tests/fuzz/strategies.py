"""Mail and texts that are made up: trees of parts, wrong charsets, odd folding, damage; splices of customers' words."""

from base64 import b64encode, encodebytes
from collections.abc import Callable
from functools import cache
from quopri import encodestring
from typing import Final

from hypothesis import strategies as st

from fixtures.make_mail import OUR_ADDRESS
from tests.corpora import FIXTURES
from tests.fuzz.seeds import entries

_SENDER: Final = "user3001@mail.example"
_CHARSETS: Final = ("utf-8", "windows-1251", "koi8-r", "cp866", "kz-1048", "utf-16", "ascii", "utf-7", "x-unknown", "")
_KINDS: Final = (
    "text/plain",
    "text/html",
    "text/plain; format=flowed",
    "image/jpeg",
    "application/octet-stream",
    "text",
)
_HOLDERS: Final = (
    "multipart/mixed", "multipart/alternative", "multipart/related", "multipart/report", "multipart/signed",
    "multipart", "message/rfc822",
)  # fmt: skip
_ENCODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "8bit": bytes, "base64": encodebytes, "quoted-printable": encodestring, "x-uuencode": bytes, "": bytes,
}  # fmt: skip
_BOUNDARIES: Final = ("b", "b1", "=_b", "b b", "--b", "")
_JOINTS: Final = ("\n", " ", ", ", ". ", "\n\n", ": ", "\t", " | ", "; ", "", "\r\n", "\u00a0")
_SIGNS: Final = " .,:;-/()|\t\n'\u00a0\u2212½²₸%+№#xхОo=*³₂①"
_EDGE: Final = 40
_LARGE: Final = 20_000

NUMBERS: Final = st.one_of(
    st.integers(0, 10**9).map(str),
    st.decimals(0, 10**6, places=2).map(str),
    st.from_regex(r"[0-9оО]{1,4}([ .,\u00a0'-][0-9]{1,4}){0,5}", fullmatch=True),
    st.text("0123456789٠٣٧０５９", min_size=1, max_size=30),
    st.sampled_from(["0863576", "972510273", "89693504", "58291", "1257", "18.11.2026", "+7 701 555 44 33", "1/2"]),
)


@cache
def sentences() -> tuple[str, ...]:
    """What customers of the corpora wrote, line by line."""
    lines = {line.strip() for entry in entries() for line in entry.get("body", "").splitlines()}
    return tuple(sorted(line for line in lines if line))


@cache
def mails() -> tuple[bytes, ...]:
    """Mail of the corpora as it came, and of others' collections."""
    odd = [path for path in sorted((FIXTURES / "mime").rglob("*.*")) if path.suffix in {".eml", ".txt"}]
    ours = sorted((FIXTURES / "corpus" / "mail").glob("*.eml"))
    return tuple(path.read_bytes() for path in (*ours, *odd) if path.stat().st_size < _LARGE)


def _soup() -> st.SearchStrategy[str]:
    """Numbers and signs and little else."""
    return st.lists(
        NUMBERS | st.sampled_from(_SIGNS) | st.sampled_from(["свет", "гвс", "т1", "ночь"]), max_size=25
    ).map(" ".join)


@st.composite
def _table(draw: st.DrawFn) -> str:
    """Rows of cells, ragged now and then."""
    gap = draw(st.sampled_from(["\t", " | ", "   ", ";"]))
    cell = NUMBERS | st.sampled_from(["день", "ночь", "свет", "гвс", "показания", "л/с", "", "№"])
    return "\n".join(gap.join(row) for row in draw(st.lists(st.lists(cell, max_size=5), max_size=6)))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text: pieces of what customers write, put together as nobody would."""
    sentence = st.sampled_from(sentences())
    pieces = draw(st.lists(sentence | _soup() | _table() | st.text(max_size=60), min_size=1, max_size=6))
    text = draw(st.sampled_from(_JOINTS)).join(pieces)
    if draw(st.booleans()):
        text = "".join(f"{'> ' * draw(st.integers(0, 2))}{line}\n" for line in text.splitlines())
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=5)) + text[at + draw(st.integers(0, 5)) :]
    return text


@st.composite
def _leaf(draw: st.DrawFn) -> bytes:
    kind, charset = draw(st.sampled_from(_KINDS)), draw(st.sampled_from(_CHARSETS))
    real = draw(st.sampled_from(["utf-8", "windows-1251", "koi8-r", "utf-16"]))
    encoding = draw(st.sampled_from(sorted(_ENCODINGS)))
    text = draw(texts())
    if kind == "text/html":
        text = draw(st.sampled_from(["<p>{}</p>", "<table><tr><td>{}", "<div style=display:none>{}", "{}"])).format(
            text
        )
    data = text.encode(real, "replace")
    written = _ENCODINGS[encoding](data) if draw(st.integers(0, 9)) else data
    label = f"; charset={charset}" if charset else ""
    head = f"Content-Type: {kind}{label}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return head.encode() + b"\r\n" + written


@st.composite
def _holder(draw: st.DrawFn, inner: st.SearchStrategy[bytes]) -> bytes:
    """A multipart, whose boundaries may be those of another one, or end too early, or never."""
    boundary = draw(st.sampled_from(_BOUNDARIES))
    used = boundary if draw(st.integers(0, 9)) else draw(st.sampled_from(_BOUNDARIES))
    head = f'Content-Type: {draw(st.sampled_from(_HOLDERS))}; boundary="{boundary}"\r\n\r\n'.encode()
    parts = (b"--" + used.encode() + b"\r\n" + part + b"\r\n" for part in draw(st.lists(inner, max_size=4)))
    end = b"--" + used.encode() + b"--\r\n" if draw(st.booleans()) else b""
    return head + b"".join(parts) + end


PARTS: Final = st.recursive(_leaf(), _holder, max_leaves=6)


def _word(value: str, charset: str) -> bytes:
    """An encoded word (RFC 2047) of any length."""
    return b"=?%s?B?%s?=" % (charset.encode(), b64encode(value.encode(charset, "replace")))


@st.composite
def _field(draw: st.DrawFn, name: str) -> bytes:
    """A field in encoded words, raw, folded anywhere, or cut."""
    value = draw(texts())[:200].replace("\r", " ").replace("\n", " ")
    forms: list[Callable[[], bytes]] = [
        lambda: _word(value, "utf-8"),
        lambda: value.encode("windows-1251", "replace"),
        lambda: b"\r\n ".join(value.encode()[place : place + 7] for place in range(0, len(value), 7)),
        lambda: _word(value, "koi8-r")[: draw(st.integers(0, 60))] + b"\r\n " + _word(value, "windows-1251"),
    ]
    return f"{name}: ".encode() + draw(st.sampled_from(forms))() + b"\r\n"


@st.composite
def made_mail(draw: st.DrawFn) -> bytes:
    """A mail of odd fields and any tree of parts."""
    head = f"From: {_SENDER}\r\nTo: {OUR_ADDRESS}\r\nMessage-ID: <{draw(st.integers(0, 99))}@mail.example>\r\n".encode()
    names = draw(
        st.lists(st.sampled_from(["Subject", "Subject", "From", "In-Reply-To", "Received", "X-Odd"]), max_size=4)
    )
    return head + b"".join(draw(_field(name)) for name in names) + b"MIME-Version: 1.0\r\n" + draw(PARTS)


@st.composite
def damaged_mail(draw: st.DrawFn) -> bytes:
    """A real mail, cut off, with other mail in it, with octets changed, or with other line ends."""
    raw = draw(st.sampled_from(mails()) | made_mail())
    for _ in range(draw(st.integers(1, 4))):
        raw = draw(st.sampled_from(_DAMAGES))(draw, raw)
    return raw


def _cut(draw: st.DrawFn, raw: bytes) -> bytes:
    return raw[: draw(st.integers(0, len(raw)))]


def _glue(draw: st.DrawFn, raw: bytes) -> bytes:
    return raw + draw(st.sampled_from(mails()))


def _splice(draw: st.DrawFn, raw: bytes) -> bytes:
    other = draw(st.sampled_from(mails()))
    begin = draw(st.integers(0, len(other)))
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + other[begin : begin + draw(st.integers(1, 400))] + raw[at:]


def _flip(draw: st.DrawFn, raw: bytes) -> bytes:
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, _EDGE)) :]


def _line_ends(draw: st.DrawFn, raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(
        b"\n", draw(st.sampled_from([b"\r", b"\n", b"\r\r\n", b"\n\r", b"\n\n"]))
    )


_DAMAGES: Final = (_cut, _glue, _splice, _flip, _line_ends)
