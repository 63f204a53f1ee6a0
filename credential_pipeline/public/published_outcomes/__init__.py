"""From the released cells to files and a page that people can read.

Everything here reads the sealed release and nothing else. No module computes a statistic: a figure, a sentence or a
file shows released cells, and the only arithmetic is the difference of two cells that are themselves shown.

Start at ``write.write_public_files``.
"""
