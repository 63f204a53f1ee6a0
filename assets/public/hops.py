"""The public side's hops, in the order of the chain."""

from assets.public import published_outcomes

HOPS = (published_outcomes.HOP,)
