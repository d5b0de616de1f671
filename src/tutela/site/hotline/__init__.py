"""What stands beside the desk: receivers outside, which body is meant, people's limits, stubs."""
