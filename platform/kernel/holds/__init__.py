"""What blocks what, as records: raised and cleared by whom, why, under which policy."""
