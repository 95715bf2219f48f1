"""How digital are municipalities in Norway and Sweden: surveys cleaned, weighted, compared and reported."""
