"""Each threat against the program, and that its defence holds (docs/rules.md, docs/answers.md)."""
