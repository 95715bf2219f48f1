"""Weights for nonresponse in a census: margins, collapsing, post-stratification, raking, calibration, trimming."""
