"""What a partner is told of its own people as a whole: certifiers, and institutions.

``certifier`` and ``institution`` count, ``protected`` makes figures of the counts that may be told, ``released`` copies what is
public already, ``compose`` gives the rows of all partners, ``page`` shows them. Not here: files on single people.
"""
