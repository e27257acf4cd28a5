"""Webhooks after the Standard Webhooks specification: integrators are told that something happened, never what it says."""
