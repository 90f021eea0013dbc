"""A village as one file: a SQLite database that can be served alone, or taken in by another deployment."""
