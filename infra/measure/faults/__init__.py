"""infra/faults: what the house promises when things break, each promise in a file of its own.

A file `rNN_<noun>.py` beside this one is found by its name. It has

- `PROMISE`: one sentence;
- `add_arguments(parser)`, when it has numbers to choose (optional);
- `run(made, wishes, account)`: breaks things on a fresh `Stage` and writes `account.fault(...)` and `account.check(...)`.

Everything is bounded, on loopback, and repeatable by `--seed`.
"""
