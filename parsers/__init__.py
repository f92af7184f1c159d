"""From bytes to what was said: pure functions, no clock, no database, no configuration beyond the languages' words."""
