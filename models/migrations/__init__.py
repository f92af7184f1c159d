"""The schema's revisions, one module each, applied by Alembic."""
