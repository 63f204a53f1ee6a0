"""General machines that know no hop and no table of ours: linkage, sealed hand-over, charts, disclosure control."""
