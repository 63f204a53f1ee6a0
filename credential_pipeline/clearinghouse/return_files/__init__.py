"""What goes back to certifiers, institutions and states, in files that their systems already read.

``answer`` answers StudentTracker requests, ``pdp`` extends the files of the Postsecondary Data Partnership, ``views`` counts a
partner's own people, ``states`` lists completers; ``build`` composes them, ``deliver`` writes the files and the record.
"""
