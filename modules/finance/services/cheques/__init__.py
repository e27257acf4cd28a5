"""Cheques received: taking them, moving them, and what happens when one comes back."""
