"""The project's own languages, by name."""

from typing import Final

from config.words import language_codes
from models.catalogue import Language

RU: Final = Language("ru")
KK: Final = Language("kk")
EN: Final = Language("en")
LANGUAGES: Final = language_codes()
