"""Duties: what every installed program owes a resident and a village, done by all of them or by none."""
