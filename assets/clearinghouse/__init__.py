"""The clearinghouse's side: feeds, registry, linkage, and the sealed extract that leaves."""
