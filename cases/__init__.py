"""The child's file: who the child is, the trajectory through the levels, the talks, the agreements, the papers."""
