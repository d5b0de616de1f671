"""Reports: someone tells, without an account, and finds the way back to an answer."""
