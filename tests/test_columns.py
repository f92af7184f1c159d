"""How values are kept in columns."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from models.columns import IndexedText, clean_text, from_thousandths, to_thousandths


@given(st.decimals(min_value=0, max_value=10**12, places=3))
def test_quantity_comes_back_exact(value: Decimal) -> None:
    """Up to three decimals nothing is lost, and no zeros are shown that say nothing."""
    back = from_thousandths(to_thousandths(value))
    assert back == value
    assert "E" not in str(back)
    assert not (str(back).endswith("0") and "." in str(back))


@pytest.mark.parametrize(("text", "clean"), [("a\0b", "ab"), ("ж\ud800ш", "жш"), ("жүз 😀", "жүз 😀"), ("", "")])
def test_text_is_cleaned_of_what_databases_refuse(text: str, clean: str) -> None:
    """NUL and lone surrogates go, everything else stays."""
    assert clean_text(text) == clean


def test_text_of_an_index_is_cut_to_what_an_entry_holds() -> None:
    """PostgreSQL refuses an entry of more than 2704 octets, and with it the whole transaction."""
    kept = IndexedText().process_bind_param("\0" + "😀" * 6000, dialect())
    assert kept is not None
    assert 0 < len(kept.encode()) < 2704
