"""Who sits where: sections, roles, seats, delegation and absence."""
