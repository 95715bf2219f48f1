"""Uncertainty of estimates from a full frame of which a part has answered: variances, replication and intervals."""
