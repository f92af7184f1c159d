"""Programs that answer are started many times here; what reads their mail is not."""

import pytest


@pytest.fixture
def _reading(kept_readers: None) -> None:
    """Use reading processes that are there."""
