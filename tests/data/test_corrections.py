"""When the fact of a row to correct was, as far as the row tells it."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from tradewind.data.corrections import CORRECTION_COLUMNS, fact_time


def test_the_time_of_a_fact_is_read_from_the_row_by_its_tables_own_column():
    rows = [
        ("order_lines", '{"ordered_at": "2026-03-01 08:30:05Z"}'),
        ("returns", '{"ordered_at": "2026-03-01 08:30:05Z", "opened_at": "2026-03-02 00:00:00Z"}'),
        ("fx", '{"on_date": "2026-03-03"}'),
        ("returns", '{"ordered_at": "2026-03-01 08:30:05Z"}'),
        ("order_lines", '{"ordered_at": "yesterday"}'),
        ("products", '{"known_at": "2026-03-01 08:30:05Z"}'),
        ("order_lines", "{}"),
    ]
    schema = {name: CORRECTION_COLUMNS[name] for name in ("table", "raw")}
    found = pl.DataFrame(rows, schema=schema, orient="row").select(at=fact_time())["at"]
    assert found.to_list() == [
        datetime(2026, 3, 1, 8, 30, 5, tzinfo=UTC),
        datetime(2026, 3, 2, tzinfo=UTC),
        datetime(2026, 3, 3, tzinfo=UTC),
        *[None] * 4,
    ]
