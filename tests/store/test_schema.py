"""Opening a database: the schema must be the one that the program was written for."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - fills the metadata
from mailreader.store import SchemaMissing, SchemaNewer, SchemaOlder, Store, upgrade
from mailreader.store import engine as engine_module
from mailreader.store.engine import _revisions, connect
from models import migrations
from tests.databases import ON_SQLITE


def test_migrated_database_has_the_schema_of_the_models(database: str) -> None:
    """The revisions and the tables of the models describe the same schema."""
    engine = connect(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_upgrade_of_an_upgraded_database_changes_nothing(database: str) -> None:
    """A second upgrade keeps the token that Message-IDs are made from."""
    engine = connect(database)
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM settings ORDER BY name")).all()
    upgrade(database)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM settings ORDER BY name")).all() == before
    engine.dispose()


def test_database_without_tables_names_the_command(empty_database: str) -> None:
    """An empty database is refused with what to do."""
    with pytest.raises(SchemaMissing, match="mailreader db upgrade"):
        Store.open(empty_database)


def test_database_of_an_unknown_schema_is_refused(database: str) -> None:
    """A revision that this program does not know is a newer program's."""
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaNewer, match="mailreader db upgrade"):
        Store.open(database)


def test_database_of_an_older_revision_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that is known and not the last one asks for the upgrade."""
    monkeypatch.setattr(engine_module, "_revisions", lambda: [*_revisions(), "9999"])
    with pytest.raises(SchemaOlder, match="mailreader db upgrade"):
        Store.open(database)


def test_files_are_named_by_their_revisions_in_order() -> None:
    """So that the newest is known without Alembic."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert _revisions() == [script.revision for script in reversed(list(scripts.walk_revisions()))]


@ON_SQLITE
@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 60_000)]
)
def test_connection_to_sqlite_is_durable_and_strict(database: str, pragma: str, value: object) -> None:
    """Every connection writes ahead, syncs fully, checks references and waits for a lock."""
    engine = connect(database)
    with engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value
    engine.dispose()
