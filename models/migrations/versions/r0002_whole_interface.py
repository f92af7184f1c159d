"""Acts of operators with their audit trail, answers beside the automatic one, paused mailboxes, purged messages.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_AUTOMATIC = sa.text("origin = 'automatic'")
_UNIQUE = {"uq": "%(table_name)s_%(column_0_name)s_key"}
"""How PostgreSQL names a unique constraint that was given no name; SQLite keeps none at all."""

_TRIGGERS = {
    "sqlite": (
        """
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END
        """,
        """
        CREATE TRIGGER audit_outlives_its_message BEFORE DELETE ON audit
        WHEN OLD.message_id IS NULL
             OR EXISTS (SELECT 1 FROM messages WHERE id = OLD.message_id AND purged_at IS NULL)
        BEGIN SELECT RAISE(ABORT, 'the audit trail goes only after its message was purged'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.message_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM messages WHERE id = OLD.message_id AND purged_at IS NULL) THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'the audit trail is never changed, and goes only after its message was purged';
        END $$
        """,
        "CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit()",
    ),
}


def upgrade() -> None:
    """Add what is new, and let a message have more than one reply."""
    _extend_mail_and_readings()
    _extend_outbox()
    _make_audit()
    settings = sa.table("settings", sa.column("name", sa.Text()), sa.column("value", sa.Text()))
    op.bulk_insert(settings, [{"name": name, "value": ""} for name in ("turn_of_arrivals", "turn_of_register")])
    op.create_table(
        "pauses",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox"),
    )


def _extend_mail_and_readings() -> None:
    op.add_column("messages", sa.Column("at_folder", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("at_uidvalidity", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("at_uid", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_messages_received", "messages", ["received"])
    op.create_index("ix_readings_replaces", "readings", ["replaces"])


def _extend_outbox() -> None:
    with op.batch_alter_table("outbox", naming_convention=_UNIQUE) as outbox:
        outbox.add_column(sa.Column("origin", sa.String(32), nullable=False, server_default="automatic"))
        outbox.add_column(sa.Column("held_because", sa.Text(), nullable=True))
        outbox.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        outbox.drop_constraint("outbox_message_id_key", type_="unique")
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_index(
        "uq_outbox_automatic",
        "outbox",
        ["message_id"],
        unique=True,
        sqlite_where=_AUTOMATIC,
        postgresql_where=_AUTOMATIC,
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_message_id", "audit", ["message_id"])
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
