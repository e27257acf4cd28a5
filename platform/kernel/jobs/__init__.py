"""Long work with progress, a result, and a second life when its worker dies."""
