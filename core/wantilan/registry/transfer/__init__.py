"""Handing residents over from one village of the deployment to another."""
