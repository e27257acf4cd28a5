"""Who works here: the accounts of one municipality, their sign-in and their sessions."""
