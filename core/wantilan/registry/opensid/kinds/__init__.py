"""The kinds of columns: codes, personal numbers, days, texts, degrees."""
