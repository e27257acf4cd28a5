"""What every module's tests stand on: towns, characters, deliveries, counted queries, inherited conformance."""
