"""How a ledger of an earlier version becomes one of today's: one file a step in `versions/`, run by Alembic.

A new step: add `versions/<n>_<what>.py`, change the tables in `data/ledger.py`, set `REVISION` there to <n>.
"""
