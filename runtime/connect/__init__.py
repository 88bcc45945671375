"""Which neurons are connected: connectors, the rules and texts behind them, and how connections are kept."""
