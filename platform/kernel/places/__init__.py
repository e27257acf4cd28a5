"""Land units with their lineage, premises, neighbourhoods, and who holds what.

Reads are in `selectors`, writes in `services`, the reading of `643/15` in `codes`.
"""
