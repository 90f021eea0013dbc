"""The files of a village: who may read them, how they come and go, what happens to those nobody wants."""
