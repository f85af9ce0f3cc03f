"""The ledger's tables. `data/migrations` holds the steps that lead here from earlier schemas."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

REVISION: Final = "0002"
"""The schema below, by the name of the last step in `data/migrations` that leads to it."""

META: Final = sa.MetaData()

IMPORTS: Final = sa.Table(
    "imports",
    META,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("import_id", sa.String, nullable=False, index=True),
    sa.Column("moment", sa.String),
    sa.Column("note", sa.JSON, nullable=False),
    sa.Column("committed_at", sa.String, nullable=False),
)
RUNS: Final = sa.Table(
    "runs",
    META,
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
RUN_VERSIONS: Final = sa.Table(
    "run_versions",
    META,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("table", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
JOBS: Final = sa.Table(
    "jobs",
    META,
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
