"""The three kinds of file that hold a resident sheet: Excel workbooks, CSV, JSON Lines."""
