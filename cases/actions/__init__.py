"""Deeds on the child's file. Each has a name, is signed, and stands or falls whole."""
