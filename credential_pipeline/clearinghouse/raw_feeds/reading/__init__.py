"""From the bytes of a delivery to rows of values, whatever form it came in.

Each form becomes numbered lines of UTF-8 text: delimited text as it is, a spreadsheet or a file of badges written as such. What
was mended on the way is told as a notice, with counts; no value is ever part of a message. Not here: what values mean.
"""
