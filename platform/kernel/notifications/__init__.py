"""The bell, e-mail and text messages: written with the change, sent after commit."""
