"""Whether data may go on: rules, the gate that holds them, and monitors of what was published.

Knows Dagster's check types and, behind ``gx_adapter`` alone, Great Expectations. Defines no asset.
"""
