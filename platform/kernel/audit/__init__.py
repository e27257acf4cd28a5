"""The trail: one append-only table per municipality, written by triggers, sealed by a hash chain."""
