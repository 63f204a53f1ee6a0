"""Versioned snapshots: stage, publish, read. The only package that opens DuckDB."""
