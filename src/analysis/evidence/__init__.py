"""What printed figures and several waves can carry together."""
