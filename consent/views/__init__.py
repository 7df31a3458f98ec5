"""Pages about experts and the parents' choice."""
