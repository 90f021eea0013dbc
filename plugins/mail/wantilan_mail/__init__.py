"""Messages to residents by mail."""
