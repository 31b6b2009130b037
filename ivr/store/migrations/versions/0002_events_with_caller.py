"""An index of the events that still say who, so that the daily purge reads those and no others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KNOWN = sa.text("caller_key IS NOT NULL")


def upgrade() -> None:
    """Nothing that an older program writes or reads changes."""
    op.create_index("events_with_caller", "events", ["at"], sqlite_where=KNOWN, postgresql_where=KNOWN)


def downgrade() -> None:
    """The index goes, no row does."""
    op.drop_index("events_with_caller", "events")
