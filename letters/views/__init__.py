"""Pages about letters: what was made, the letter to the parents, sharing a report, reading it by a link."""
