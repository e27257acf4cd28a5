"""What happened: an outbox row in the same transaction, delivered after commit, once per handler."""
