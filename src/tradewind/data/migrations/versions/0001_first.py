"""The first schema: imports, runs, and the versions of the tables each run read.

Ledgers from before migrations have it without saying so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("import_id", sa.String, nullable=False, index=True),
        sa.Column("moment", sa.String),
        sa.Column("note", sa.JSON, nullable=False),
        sa.Column("committed_at", sa.String, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("no", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("as_of", sa.String, nullable=False),
        sa.Column("asked_as_of", sa.String),
        sa.Column("seed", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("horizon_weeks", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("product_version", sa.String, nullable=False),
    )
    op.create_table(
        "run_versions",
        sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("table", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
