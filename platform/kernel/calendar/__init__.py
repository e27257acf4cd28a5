"""Working days, holidays, clocks that pause, and what day it is in the municipality."""
