"""The public side: reads sealed releases and nothing else, and writes what people read."""
