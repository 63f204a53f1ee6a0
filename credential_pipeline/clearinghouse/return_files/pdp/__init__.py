"""What an institution gets in the files of the Postsecondary Data Partnership, and figures on its students.

``students`` says whose rows may be told, ``own`` reads the institution's own files, ``cohort`` and ``course`` make those of the
registry and add industry credentials, ``files`` composes them, ``headers`` says what they call their columns; ``people``, ``counts``
and ``figures`` count and protect.
"""
