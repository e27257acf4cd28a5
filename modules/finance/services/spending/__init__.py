"""Spending: asked for, committed, invoiced, approved by amount, paid out, received."""
