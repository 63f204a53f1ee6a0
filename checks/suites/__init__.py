"""One suite per hop, written as sentences; every suite starts with what its contract promises."""
