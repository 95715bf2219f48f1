"""Rules that find contradictions between printed figures from the records alone: cases in, findings out."""
