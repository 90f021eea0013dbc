"""Rules of the waste program: pure functions. One noun per module."""
