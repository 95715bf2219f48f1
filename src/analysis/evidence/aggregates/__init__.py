"""What printed figures can carry: counts, intervals and bounds behind them, differences, slopes and implied ranges."""
