"""What certifiers, institutions, states and people get back, in the file shapes that their systems already read."""
