"""Who may do what: one declared table, one decision, one gate before every page."""
