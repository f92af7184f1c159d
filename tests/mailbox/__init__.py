"""The mailbox against a real Dovecot, and against servers that misbehave."""
