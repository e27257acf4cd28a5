"""What people type into the pages of finance. No rules here: services judge."""
