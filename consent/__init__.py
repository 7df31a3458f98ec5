"""What parents were asked and answered, and the expert whose work waits for it."""
