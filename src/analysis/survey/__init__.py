"""Indicators, representativeness, weighting and estimation of one wave."""
