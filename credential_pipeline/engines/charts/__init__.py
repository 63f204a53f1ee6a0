"""One theme and one way of drawing for every picture: report, linkage report and Dagster UI.

Not here: what a page says about a picture.
"""
