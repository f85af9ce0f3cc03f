"""A team's workspace: the ledger on a real PostgreSQL, the lake on a real server that speaks S3."""
