"""Pages: find the row through the door, build the form, do the deed, answer."""
