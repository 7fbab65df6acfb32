"""Commands on files, without a broker: replay, backtest, detect, score, recorded metrics."""
