"""Files that partners read and write, format by format: readers, writers and their refusals; no table of ours is known here."""
