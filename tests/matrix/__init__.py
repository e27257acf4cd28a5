"""Who may open what: every door by every role, with an object of one's own section, of another, of another town."""
