"""The linkage report of an industry: one offline page of counts, rates and weights that is safe to share.

Belongs here: reading the figures of linked_records.diagnostics, hiding small numbers, words, drawings, the page. Does not
belong here: computing figures (linked_records) and any table that holds people: nothing but diagnostics is read.
"""
