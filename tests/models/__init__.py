"""Tests of the domain types: window, rules, submission, register, catalogue."""
