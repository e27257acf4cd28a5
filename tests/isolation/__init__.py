"""Every known way in which one municipality of a schema-per-town house was seen to leak into another, tried here.

Each file says the way in words, drives it, and where it can be done switches the guard off once to see the leak.
"""
