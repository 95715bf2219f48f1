"""Disclosure control: what may leave so that nobody's answer can be worked out. Data in, data out."""
