"""Runs migrations inside the transaction that ivr/store/migrate.py opened; it opens no database itself."""

from __future__ import annotations

from alembic import context

from ivr.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
