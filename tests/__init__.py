"""The tests; each folder mirrors a room of src/tutela."""
