"""Waves, frames, registers and their cleaning: everything that reads raw data."""
