"""Nonresponse drawn on values that are known for every unit, weighted, and held against the truth."""
