"""Synthetic answers that stand in for the files of a survey until its real ones come; evidence of nothing."""
