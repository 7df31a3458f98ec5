"""What goes on paper: composed once, kept as it was sent."""
