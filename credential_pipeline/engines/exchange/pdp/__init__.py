"""Analysis-ready files of the Postsecondary Data Partnership: the cohort file, one row a student, and the course file, one row a course.

``columns`` knows the columns and their rules, ``read`` opens a file under any of its headers, ``judge`` says what is wrong with its
rows. The rules (``rules.csv``) are written from the schemas that datakind/edvise 4f3f028 publishes.
"""
