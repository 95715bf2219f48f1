"""Who answered against who was asked: tests, differences, response propensities, R-indicators, sensitivity."""
