"""What every test can ask for: the servers, databases, and the list of what could not run."""

pytest_plugins = (
    "tests.servers.availability",
    "tests.servers.certificate",
    "tests.servers.dovecot",
    "tests.servers.postgresql",
    "tests.servers.smtp_sink",
    "tests.databases",
    "tests.kept_readers",
)
