"""Whether data may go on: rules, the gate that holds them, and faults of the machine in plain words.

Knows Dagster's check types and, behind ``gx_adapter`` alone, Great Expectations. Defines no asset.
"""
