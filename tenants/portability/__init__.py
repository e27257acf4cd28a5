"""A municipality that can leave, come back, move and go back in time, while the others go on working.

What an export looks like is written in docs/portability.md; `layout` is its only source in code.
"""
