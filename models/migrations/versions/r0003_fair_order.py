"""Senders who write very much let others pass; one process at a time reads a mailbox.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OPEN = sa.text("decided_at IS NULL AND duplicate_of IS NULL")


def upgrade() -> None:
    """Add the lanes of waiting mail, and the leases."""
    op.add_column("messages", sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_messages_due", "messages")
    _index("ix_messages_due", ["lane", "received", "uid"])
    _index("ix_messages_waiting", ["sender"])
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _index(name: str, columns: list[str]) -> None:
    op.create_index(name, "messages", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
