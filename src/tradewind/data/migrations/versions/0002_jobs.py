"""Long work of a server: what was asked, how far it has come, what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("no", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("use_case", sa.String, nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("lang", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False, index=True),
        sa.Column("step", sa.String),
        sa.Column("done", sa.Float),
        sa.Column("total", sa.Float),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("beat_at", sa.String, nullable=False),
        sa.Column("ended_at", sa.String),
        sa.Column("result", sa.JSON),
        sa.Column("error", sa.JSON),
    )
