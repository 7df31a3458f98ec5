"""What may be typed about experts and the parents' choice."""
