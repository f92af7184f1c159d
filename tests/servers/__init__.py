"""Real servers on loopback for the tests: Dovecot, an SMTP sink, a server that follows a script."""
