"""What a village has set up in a program, without persons: taken, published, and taken over by another."""
