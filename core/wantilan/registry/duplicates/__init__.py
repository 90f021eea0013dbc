"""Records that may be of one person: how they are found, and how two become one."""
