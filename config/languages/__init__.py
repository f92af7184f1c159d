"""One folder a language: words, phrase patterns, reply and console texts, all data."""
