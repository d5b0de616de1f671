"""The child's file: what happened, what is due by law, who stands around the child."""
