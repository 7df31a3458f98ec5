"""Who looked, who was refused, who changed what. Knows nobody above it: it points by (kind, uuid)."""
