"""Settings, their commented default file, and the words and texts of the languages as data."""
