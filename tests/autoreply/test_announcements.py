"""Rules 6, 8 and 13: automatic mail that a single sign gives away, in the languages that reach the mailbox."""

import re
from email import message_from_bytes
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.automatic import fold_text, load_automatic_texts
from config.replies import load_reply_texts
from config.words import load_mail_marks
from mailreader.automatic import Automatic, Ignored, Silence
from tests.autoreply.rows import CUSTOMER, OUR_ADDRESS, raw_mail
from tests.autoreply.test_who import ANSWERED, judge
from tests.corpora import load_corpus
from tests.public_mail import PublicMail, public_mail

BY_SUBJECT: Final = Automatic(ignored_because=Ignored.AUTO_REPLY_SUBJECT)
BY_TEXT: Final = Automatic(silence=Silence.AUTOMATIC_TEXT)
NOTHING_OF_READINGS: Final = "Здравствуйте!"

SUBJECTS: Final = (
    # ru
    "Автоматический ответ: Re: показания", "Авто-ответ: показания", "Вне офиса: Re: показания",
    "Отсутствую на рабочем месте до 5 декабря", "Уведомление об отсутствии", "Ваше обращение зарегистрировано",
    # kk
    "Автоматты жауап: көрсеткіштер", "Авто-жауап", "Жұмыс орнымда жоқпын", "Кеңседе жоқпын: 5 желтоқсанға дейін",
    # en; "Auto: " is how Sieve begins (RFC 5230, 4.3)
    "Auto: Re: показания", "Automatic reply: показания", "Out of Office AutoReply: x", "OOO: x",
    "I'm out of the office", "Thank you for contacting Almaty Software", "[External] Automatic reply: показания",
    # de, fr, es, pt, it, nl, pl, tr, uk, ky, uz, zh
    "Automatische Antwort: x", "Abwesenheitsnotiz", "Réponse automatique : x", "Re\u0301ponse automatique : x",
    "Message d'absence", "Respuesta automática: x", "Respuesta automatica", "Resposta automática: x",
    "Risposta automatica: x", "Automatisch antwoord: x", "Odpowiedź automatyczna: x", "Automatyczna odpowiedź: x",
    "Otomatik yanıt: x", "Автоматична відповідь: x", "Поза офісом", "Автоматтык жооп: x", "Avtomatik javob: x",
    "自动回复：x",
)  # fmt: skip
OF_PEOPLE: Final = (
    "Я в отпуске, показания", "Отпуск", "Автоответчик сломан", "Автомат выбило, показания", "Не в офисе, а дома",
    "Re: Автоответ: показания", "Ответ на ваш автоматический ответ", "Auto repair shop, readings", "Out of town",
    "[Показания] ноябрь", "Автоматика счётчика", "Office readings", "Жауап күтемін", "Absent owner, flat 5",
    "Mail errors in my bill",
)  # fmt: skip
TEXTS: Final = (
    # ru
    "Здравствуйте!\n\nЭто автоматический ответ. Ваше письмо получено и будет рассмотрено.",
    "Данное письмо сформировано автоматически, пожалуйста, не отвечайте на него.",
    "Добрый день! С 16.11 по 05.12.2026 нахожусь в отпуске. По срочным вопросам: Иванова, 8 701 123-45-67.",
    "Спасибо за письмо. Меня нет на рабочем месте, отвечу на ваше письмо после 25 ноября.",
    "Я больше не работаю в компании. По рабочим вопросам пишите Петрову: petrov@mail.example",
    # kk
    "Сәлеметсіз бе! Бұл автоматты жауап, хатыңызға кейін жауап береміз.",
    "Мен 5 желтоқсанға дейін демалыстамын. Шұғыл мәселелер бойынша +7 701 123 45 67 нөміріне хабарласыңыз.",
    # en
    "Hello,\nthis is an automated response: we have received your message.",
    "I am on annual leave until 5 December with limited access to email. For urgent matters call +7 701 123 45 67.",
    "I’m currently out of the office and will reply to your e-mail upon my return on 7 December 2026.",
    "Please do not reply to this message, the mailbox is not monitored.",
    # de, fr, es, it, pl, tr, uk
    "Dies ist eine automatische Antwort. Vielen Dank für Ihre Nachricht.",
    "Ich bin bis zum 5. Dezember nicht im Büro. In dringenden Fällen wenden Sie sich an Frau Müller.",
    "Je suis en congés jusqu'au 5 décembre. En cas d'urgence, contactez Mme Dupont.",
    "Estoy fuera de la oficina hasta el 5 de diciembre; para asuntos urgentes llame a la oficina.",
    "Sono in ferie fino al 5 dicembre. Per urgenze scrivere a info@mail.example.",
    "Jestem na urlopie do 5 grudnia. W pilnych sprawach proszę o kontakt z biurem.",
    "5 Aralık'a kadar izindeyim, acil durumlarda ofisi arayınız.",
    "Я у відпустці до 5 грудня, у термінових випадках телефонуйте до офісу.",
)
TEXTS_OF_PEOPLE: Final = (
    "Я сейчас в отпуске, пришлите, пожалуйста, квитанцию на эту почту.",
    "Муж в командировке, скажите, как передать показания?",
    "I am on vacation, please send me the invoice for October.",
    "Мен демалыстамын, түбіртекті жіберіңізші.",
    "Отвечу на ваше письмо завтра, когда приду домой.",
    "Я в отпуске до 25 ноября, отвечу вам после возвращения.",
    "I am on a business trip till the 27th. I will get back to you with the reading when I am back.",
    "По срочным вопросам куда звонить?",
    "Ваше письмо получил, спасибо, но долга у меня нет.",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subject_alone_is_enough(subject: str) -> None:
    """Such mail has the header of a person's, and a text that says nothing."""
    assert judge(raw_mail(("Subject", subject), body=NOTHING_OF_READINGS)) == BY_SUBJECT


@pytest.mark.parametrize("subject", OF_PEOPLE)
def test_subject_of_a_person_is_no_sign(subject: str) -> None:
    """What is ignored nobody reads: a subject that people write must not be taken for a machine's."""
    assert judge(raw_mail(("Subject", subject), body=NOTHING_OF_READINGS)) == ANSWERED


@given(
    subject=st.sampled_from(SUBJECTS),
    before=st.sampled_from(["", " ", "*** ", "[EXT] ", "[SPAM] [Внешнее письмо] ", "«", "(", "🏖 ", "— "]),
    change=st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_sign_is_known_however_a_subject_is_dressed(subject: str, before: str, change: type[str]) -> None:
    """Servers put tags before it, programs marks around it, in any case."""
    assert judge(raw_mail(("Subject", before + change(subject)), body=NOTHING_OF_READINGS)) == BY_SUBJECT


@pytest.mark.parametrize("text", TEXTS)
def test_text_alone_is_read_and_not_answered(text: str) -> None:
    """Nothing is lost if a person wrote it all the same; who answers then is an operator."""
    assert judge(raw_mail(("Subject", "Re: показания"), body=text)) == BY_TEXT


@pytest.mark.parametrize("text", TEXTS_OF_PEOPLE)
def test_text_of_a_person_is_answered(text: str) -> None:
    """People are away, and say when they will answer; only machines say both, or that they are machines."""
    assert judge(raw_mail(body=text)) == ANSWERED


def test_our_own_answers_say_nothing_of_the_kind() -> None:
    """Customers leave our answer unmarked below theirs; they must not fall silent by it."""
    texts = load_automatic_texts(load_mail_marks())
    ours = fold_text(" ".join(_strings(load_reply_texts())))
    assert [phrase for phrase in (*texts.says_so, *texts.absent, *texts.meanwhile) if phrase in ours] == []


@pytest.mark.parametrize("corpus", ["corpus", "heldout7"])
def test_customers_of_the_corpora_are_not_silenced_by_their_text(corpus: str) -> None:
    """Some of them are away, too, and say so."""
    silenced = {
        message.id for message in load_corpus(corpus)
        if message.right["outcome"] != "ignored" and judge(message.raw).silence is Silence.AUTOMATIC_TEXT
    }  # fmt: skip
    assert silenced == set()


def _strings(value: object) -> list[str]:
    return re.findall(r"'((?:[^'\\]|\\.)*)'", repr(value))


HEADERLESS: Final = [
    mail for mail in public_mail() if mail.name.startswith("bounces/") and mail.is_never_answered
]  # fmt: skip
WITHOUT_WORDS: Final = {"bounces/sina_01.eml"}
"""Those of which nothing is left: they are in a language that no list of ours has."""


@pytest.mark.parametrize("mail", HEADERLESS, ids=[mail.name for mail in HEADERLESS])
def test_report_that_lost_its_header_on_the_way_is_known(mail: PublicMail) -> None:
    """As if a person had sent it on: its subject, its parts or its words are left."""
    judged = judge(as_by_a_person(mail.raw))
    assert (judged.ignored_because is None) is (mail.name in WITHOUT_WORDS)


def as_by_a_person(raw: bytes) -> bytes:
    """The same mail from a customer to us, with no field of a robot, and no word of a report in its type."""
    message = message_from_bytes(raw)
    kept = {"subject", "mime-version", "content-type", "content-transfer-encoding"}
    for name in set(message.keys()):
        if name.lower() not in kept:
            del message[name]
    message["From"], message["To"] = CUSTOMER, OUR_ADDRESS
    lines = message.as_bytes().replace(b"multipart/report", b"multipart/mixed", 1)
    return re.sub(rb';\s*report-type="?[\w-]+"?', b"", lines, count=1, flags=re.IGNORECASE)
