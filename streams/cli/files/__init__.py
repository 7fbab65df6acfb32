"""Commands that read files, without a broker: replay, backtest, import, score, detect."""
