"""On files, without a broker: replay, backtest, detect, score, recorded metrics."""
