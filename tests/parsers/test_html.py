"""HTML as mail programs write it, and what a person sees of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.html import parse_html

SEEN = [
    ("<div>свет 5</div><div><br></div><div>вода 7</div>", "свет 5\n\nвода 7"),
    ("<p>свет&nbsp;5<br>вода 7</p>", "свет\u00a05\nвода 7"),
    ("<b>свет</b>\n  <i>5</i>", "свет 5"),
    ("<p>свет      5\t7\n   вода   \n 8</p>", "свет      5\t7 вода 8"),
    ("<pre>свет  5\nвода  7</pre>", "свет 5\nвода 7"),
    ("<style>p{}</style><script>9</script><!-- 8 --><p>свет 5</p>", "свет 5"),
    ("<div style='display:none'>7</div><span hidden>8</span><p>свет 5</p>", "свет 5"),
    ("<div style='visibility: hidden'>7</div><div style='mso-hide:all'>8</div>свет 5", "свет 5"),
    ("<div style='font-size:0'>7<span style='font-size:14px'>свет 5</span>8</div>", "свет 5"),
    ("<p>до</p><blockquote><p>свет 9<br>вода 8</p></blockquote><p>после</p>", "до\n> свет 9\n> вода 8\nпосле"),
    ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n> > b"),
    ("<blockquote style='margin:0 0 0 40px;border:none'>свет 5</blockquote>", "свет 5"),
    (
        "<div class='moz-cite-prefix'>On 5 X wrote:</div><blockquote type='cite'>9</blockquote>ответ",
        "> On 5 X wrote:\n> 9\nответ",
    ),
    ("<table><tr><td>свет</td><td>5</td></tr><tr><td>вода</td><td>7</td></tr></table>", "свет\t5\nвода\t7"),
    ("<table><tr><td><p>свет</p><p>день</p></td><td><div>5<br></div></td></tr></table>", "свет день\t5"),
    ("<table><tr><td><table><tr><td>a</td></tr></table><p>b</p></td></tr></table>", "a\nb"),
    ("<table><tr><td>" + "слово " * 60 + "</td><td>5</td></tr></table>", ("слово " * 60).strip() + "\n5"),
]


@pytest.mark.parametrize(("markup", "text"), SEEN)
def test_markup_is_read_as_it_is_seen(markup: str, text: str) -> None:
    """Hidden text is not there, quotes are marked, a table row is one line."""
    assert parse_html(markup).text == text


@pytest.mark.parametrize(
    "markup",
    [
        "свет <s>4</s> 5",
        "свет <del>4</del> 5",
        "свет <strike>4</strike> 5",
        "свет <span style='text-decoration: line-through'>4</span> 5",
        "свет <span style='text-decoration-line:underline line-through'>4</span> 5",
    ],
)
def test_struck_out_text_is_withdrawn(markup: str) -> None:
    """What a person struck out was not said, and the caller is told that something was."""
    seen = parse_html(markup)
    assert seen.text == "свет 5"
    assert seen.has_struck


@pytest.mark.parametrize(
    ("markup", "is_data"),
    [
        ("<table><tr><td>день<td>5<tr><td>ночь<td>7</table>", True),
        ("<table><tr><td>день<td>5</table>", False),
        ("<table><tr><td>5<tr><td>7</table>", False),
        ("<table><tr><td>а<td>б<tr><td>в<td>г</table>", False),
        ("<p>день 5<p>ночь 7", False),
    ],
)
def test_a_table_of_data_is_told_from_layout(markup: str, *, is_data: bool) -> None:
    """Two rows with digits and two columns make a table worth preferring over plain text."""
    assert parse_html(markup).has_table is is_data


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<p><b>x",
        "<table><tr><td>x",
        "<blockquote>x",
        "<s>",
        "<",
        "<!--",
        "<style>",
        "&amp;",
        "<a><div>",
    ],
)
def test_a_bomb_ends_in_time(unit: str) -> None:
    """A million characters of nested markup take linear time: two seconds are ten times what they need."""
    began = time.process_time()
    parse_html(unit * (1_000_000 // len(unit)))
    parse_html(unit * (14_000 // max(1, unit.count("<"))))
    assert time.process_time() - began < 2


MARKUP = ["<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<blockquote>", "</blockquote>", "<s>", "x 5"]


@given(st.lists(st.sampled_from(MARKUP), max_size=40))
def test_any_markup_gives_text(pieces: list[str]) -> None:
    """Unclosed, crossed and repeated elements never raise."""
    assert "<td>" not in parse_html("".join(pieces)).text
