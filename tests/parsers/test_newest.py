"""What the customer wrote this time, out of what mail programs put around it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.words import load_mail_marks
from models.letter import NewestPart
from parsers.mail import parse_mail
from parsers.newest import QuoteMarks, parse_newest

CORPUS = Path(__file__).parents[2] / "fixtures" / "corpus"
MESSAGES: list[dict[str, Any]] = yaml.safe_load((CORPUS / "messages.yaml").read_text(encoding="utf-8"))
MARKS = QuoteMarks.build(load_mail_marks())

# what stands in the corpus below or within what the person wrote
CUT = {
    "d014": "С уважением,",
    "d027": "чт, 19 нояб.",
    "d031": "Құрметпен, Виктор",
    "d036": "Kind regards,",
    "d039": "On Fri, Nov 20",
    "d044": "--",
    "d050": "Отправлено с iPhone",
    "d051": "-------- Пересылаемое",
    "d059": "---------- Forwarded",
    "d061": "--\n",
    "d065": "Отправлено из мобильной",
    "d068": "-- \n",
    "d078": "Sent from Outlook",
    "d083": "2026 ж. 24 қар.",
    "d089": "______",
    "d094": "Best,",
    "d110": "Отправлено с iPhone",
}

# what is to be seen of the mail that has no plain text
HTML_ALONE = {
    "d020": "Здравствуйте, л/с 3939211 Прибор Заводской № Было Стало Электроэнергия 13728733 28672 28891 "
    "Горячая вода 19422719 115 119 Спасибо!",
    "d076": "Добрый день. 71655,2 - эл.энергия. 1185 - горячая вода. Лицевой тот же.",
    "d100": "Скидки до 50% Двухтарифный счётчик день/ночь 12 990 ₸, "
    "счётчик горячей воды от 4 500 ₸. Купить | Отписаться",
}


def cut(text: str, subject: str = "показания") -> NewestPart:
    """The newest part of a plain mail."""
    raw = f"Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    return parse_newest(parse_mail(raw.encode()), MARKS)


def words(text: str) -> list[str]:
    """Words without the white space that programs change."""
    return text.split()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message["id"]))
def test_the_corpus_is_cut_to_what_people_wrote(message: dict[str, Any]) -> None:
    """Of every mail of the corpus the newest part is what its author typed, no more and no less."""
    name = message["id"]
    newest = parse_newest(parse_mail((CORPUS / "mail" / f"{name}.eml").read_bytes()), MARKS)
    body = HTML_ALONE[name] if name in HTML_ALONE else message["body"]
    expected = body.partition(CUT[name])[0] if name in CUT else body
    assert words(newest.text) == words(expected)


@pytest.mark.parametrize(
    "attribution",
    [
        "чт, 19 нояб. 2026 г. в 16:48, Приём показаний <p@energo.example>:",
        "чт, 19 нояб. 2026 г. в 16:48, Приём показаний <\np@energo.example>:",
        "19 ноября 2026 г., 16:48 пользователь Приём показаний <p@energo.example> написал:",
        "21 нояб. 2026 г., в 18:22, Приём показаний <p@energo.example> написал(а):",
        '24.11.2026, 09:40, "Приём показаний" <p@energo.example>:',
        "суббота, 21 ноября 2026г., 10:12 +05:00 от Приём показаний  p@energo.example :",
        "Суббота, 21 ноября 2026, 10:12 +05:00 от Приём показаний <p@energo.example>:",
        "2026 ж. 24 қар., сс 11:20 уақытында, Приём показаний <p@energo.example> жазды:",
        "On Fri, Nov 20, 2026 at 2:05\u202fPM Приём показаний <p@energo.example> wrote:",
        "On Fri, Nov 20, 2026 at 2:05 PM Приём <p@energo.example>\nwrote:",
        "On 21 Nov 2026, at 18:22, Приём показаний wrote:",
        "Am 21.11.2026 um 18:22 schrieb X <p@energo.example>:",
    ],
)
@pytest.mark.parametrize("below", ["", "\n\nгорячая 7"])
def test_an_attribution_and_its_quote_are_not_read(attribution: str, below: str) -> None:
    """Of the common programs in three languages, wrapped or not; an answer below the quote is kept."""
    newest = cut(f"свет 5\n\n{attribution}\n\n> Пример:\n> свет 12345\n>> старое 4{below}")
    assert words(newest.text) == words("свет 5" + below)


@pytest.mark.parametrize(
    "separator",
    [
        "-----Исходное сообщение-----",
        "-----Original Message-----",
        "От: Приём <p@energo.example>\nОтправлено: 18 ноября 2026 г.\nКому: x@mail.example\nТема: ответ\n",
        "________________________________\nFrom: P <p@energo.example>\nSent: Tuesday\nTo: x@m.example\nSubject: re\n",
        "Кімнен: P <p@energo.example>\nЖіберілді: 2026 жылғы 25 қараша\nКімге: x@mail.example\nТақырып: жауап\n",
        "*From:* P <p@energo.example>\n*Sent:* Friday\n*To:* x@mail.example\n*Subject:* re\n",
        "24.11.2026, 09:40, P <p@energo.example>:",
    ],
)
def test_unquoted_history_below_a_separator_is_not_read(separator: str) -> None:
    """Outlook and some phones write the original below without a sign before its lines."""
    assert cut(f"свет 5\n\n{separator}\nОбразец: свет 12345\n\nгорячая 7") == NewestPart("свет 5")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("-------- Пересылаемое сообщение --------\nОт: a@b.example\nКому: c\nТема: свет 9\n\nсвет 5", "Fwd: x"),
        ("---------- Forwarded message ---------\nОт: К <a@b.example>\nDate: сб\nSubject: 9\nTo: <c>\n\n\nсвет 5", "x"),
        ("Begin forwarded message:\n\n> From: a\n> Date: 1\n> Subject: q\n>\n> свет 5", "Fwd: x"),
        ("Начало переадресованного сообщения:\n\nОт: a\nДата: 1\nТема: q\n\nсвет 5", "x"),
        ("> ---------- Forwarded message ---------\n> От: a\n>\n> свет 5", "x"),
        ("---------- Қайта жіберілген хабар ---------\nКімнен: a\nКүні: 1\n\nсвет 5", "x"),
        ("От: a <a@b.example>\nОтправлено: 1\nКому: c\nТема: q\n\nсвет 5", "FW: x"),
        ("----- Forwarded message -----\nFrom: a\n\n----- Forwarded message -----\nFrom: b\n\nсвет 5", "x"),
        ("----- Forwarded message -----\nFrom: a\n\nсвет 5\n\nС уважением,\nИванов\n> свет 9", "x"),
    ],
)
def test_a_forward_is_kept_apart(text: str, subject: str) -> None:
    """What was forwarded, without its header block, its signature and its own quotes."""
    assert cut("Посмотрите\n\n" + text, subject) == NewestPart("Посмотрите", forwarded="свет 5")


@pytest.mark.parametrize(
    ("text", "newest", "signature"),
    [
        (
            "свет 5\n\nС уважением,\nИванов И.\nтел. +7 701 111 22 33",
            "свет 5",
            "С уважением,\nИванов И.\nтел. +7 701 111 22 33",
        ),
        ("свет 5\nҚұрметпен, Әсел", "свет 5", "Құрметпен, Әсел"),
        ("свет 5\n-- \nИванов\nл/с 1234567", "свет 5", "Иванов\nл/с 1234567"),
        ("свет 5\n\nС уважением, Иванов\nЛицевой счёт 1234567", "свет 5", "С уважением, Иванов\nЛицевой счёт 1234567"),
        ("С уважением, Иванов\nсвет 12345\nгорячая 55", "свет 12345\nгорячая 55", "С уважением, Иванов"),
        ("Передаю показания\n--\nсвет 5\nгорячая 6", "Передаю показания\nсвет 5\nгорячая 6", ""),
        ("свет 5\nС уважением,\nИванов\n\n> старое 4\n\nгорячая 7", "свет 5\n\nгорячая 7", "С уважением,\nИванов"),
        ("свет 5. С уважением, Иванов", "свет 5. С уважением, Иванов", ""),
        ("Best regards\n" + "слово\n" * 9 + "свет 5", "Best regards\n" + "слово\n" * 9 + "свет 5", ""),
        ("свет 5\n\nТулегенов К.", "свет 5\n\nТулегенов К.", ""),
    ],
)
def test_a_signature_is_kept_apart_and_swallows_no_reading(text: str, newest: str, signature: str) -> None:
    """Only what has the shape of a signature is one; readings below a closing stay in the text."""
    assert cut(text) == NewestPart(newest, signature)


@pytest.mark.parametrize(
    "footer",
    [
        "Отправлено с iPhone",
        "Отправлено с моего iPhone",
        "Отправлено из мобильной Почты Mail.ru",
        "Отправлено из Яндекс Почты",
        "Отправлено из мобильной Яндекс Почты: http://m.ya.ru/ymail",
        "Отправлено из Почты Mail для Android",
        "Получить Outlook для iOS<https://aka.ms/o0ukef>",
        "Отправлено с устройства Samsung Galaxy S21",
        "Отправлено с Huawei P30",
        "Sent from my iPhone",
        "Sent from Outlook for Android",
        "Get Outlook for iOS",
        "iPhone құрылғысынан жіберілді",
        "Менің iPhone құрылғымнан жіберілді",
        "Телефоннан жіберілді",
    ],
)
def test_a_footer_is_removed_wherever_it_stands(footer: str) -> None:
    """One line of a mail program, above, between or below what the person wrote."""
    assert words(cut(f"{footer}\n\nсвет 5\n{footer}\nвода 7\n\n{footer}").text) == ["свет", "5", "вода", "7"]


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, electricity 12345",
        "Отправлено с опозданием: свет 5",
        "свет 5\nна 21.11.2026 10:20 вода 7:",
        "от Иванова: свет 5\nкому: вам",
        "on Friday I wrote:\nсвет 5",
        "дата: 21.11.2026\nсвет: 5",
        "лицевой 1234567 -- свет 5",
        "-----\nсвет 5\n-----",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    """Nothing that the customer wrote may be lost."""
    assert cut(text) == NewestPart(text)


@pytest.mark.parametrize(
    "disclaimer",
    [
        "Внимание! Это сообщение предназначено только адресату, приказ № 118 от 04.02.2020.",
        "This e-mail and any attachments are confidential (ref. 12345).",
        "Бұл хабарлама құпия, № 12345.",
    ],
)
def test_a_disclaimer_is_not_read(disclaimer: str) -> None:
    """Its numbers are no readings."""
    assert cut(f"свет 5\n\n{disclaimer}\nIt goes on 777.\n\nвода 7").text == "свет 5\n\nвода 7"


@pytest.mark.parametrize(
    ("plain", "markup", "newest"),
    [
        ("свет 5", "<p>свет 5</p><p>картинка</p>", "свет 5"),
        ("", "<p>свет 5</p>", "свет 5"),
        ("Ваша программа не показывает HTML", "<p>свет 5</p>", "свет 5"),
        ("свет 4 5", "<p>свет <s>4</s> 5</p>", "свет 5"),
        ("день\n5\nночь\n7", "<table><tr><td>день<td>5<tr><td>ночь<td>7</table>", "день\t5\nночь\t7"),
        ("свет 5", "<p>свет 5</p><blockquote><table><tr><td>а<td>8<tr><td>б<td>9</table></blockquote>", "свет 5"),
        ("свет\n> 4", "<p>свет</p><blockquote>4</blockquote>", "свет"),
    ],
)
def test_the_better_alternative_is_read(plain: str, markup: str, newest: str) -> None:
    """Plain text, unless the HTML says more; never both."""
    parts = "".join(
        f"--b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n"
        for kind, text in (("plain", plain), ("html", markup))
    )
    raw = f"Content-Type: multipart/alternative; boundary=b\r\n\r\n{parts}--b--\r\n"
    assert parse_newest(parse_mail(raw.encode()), MARKS).text == newest


LINES = ["свет 5", "> 4", "-- ", "С уважением,", "Fwd", "От: a", "Кому: b", "Тема: c", "-----Original Message-----", ""]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_any_lines_are_cut_to_lines_of_the_mail(lines: list[str]) -> None:
    """Nothing is made up: every line of the result stands in the mail, in the order of the mail."""
    newest = cut("\n".join(lines))
    remaining = iter("\n".join(lines).splitlines())
    assert all(any(line == given.rstrip() for given in remaining) for line in newest.text.splitlines() if line)
    assert not any(line.startswith(">") for line in newest.text.splitlines())


@pytest.mark.parametrize("quoted", ["", "> "])
@pytest.mark.parametrize("below", ["", "\n"])
def test_forward_of_nothing_is_read(quoted: str, below: str) -> None:
    """The line that heads a forward may be the last of the mail."""
    newest = cut(f"свет 5\n{quoted}-------- Пересылаемое сообщение --------{below}")
    assert (newest.text, newest.forwarded) == ("свет 5", "")
