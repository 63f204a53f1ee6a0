"""How sure the figures are: bands for the chance of who is in the data and for links between records that may be wrong.

Replicates of everybody's weight (replicates.py), the sums of groups under them (sums.py), and bands of shares, means and
percentiles made of those (intervals.py, percentiles.py). What they say: low and high hold the figure that the population
from which the learners come would give, in 95 of 100 cases, as far as the links that are doubtful are known to be.
Not here: the figures themselves, which stay those of all links that were made.
"""
