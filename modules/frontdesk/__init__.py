"""The front desk: the service catalogue, requests, their route and their trail."""
