"""infra/bench and infra/faults: what the house promises, measured and broken on this computer.

Both start servers of their own under var/, durable ones, on free loopback ports; load goes to
127.0.0.1 only, is bounded in count and time, and everything is removed afterwards.
"""
