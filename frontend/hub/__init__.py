"""The hub's pages: the fleet for operators, the figures for the programme."""
