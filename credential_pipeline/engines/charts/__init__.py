"""One theme and one way of drawing for every picture: report, linkage report and Dagster UI.

Rows go in, an Altair chart comes out (lines.py, bars.py, parts.py, histogram.py), in the look of theme.py, and
render.py makes SVG or PNG of it, without a browser or the network; png.py does all of that in one call for the Dagster
UI. figure.py is what stands around a picture on a page: words, legend, table.

Not here: which rows are drawn, and what a page says of them.
"""
