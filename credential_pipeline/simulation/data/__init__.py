"""Tables of names and places; see SOURCES.md. Not here: code."""
