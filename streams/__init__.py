"""Mentions in, incident events out: the pipeline, its transport and its tools. Start reading at `streams/pipeline.py`.

* `pipeline`: the way of a mention in one process.
* `errors`: the hierarchy of errors raised on purpose.
* `event_time`: minutes, watermarks and lateness, and times as text.
* `encoding`: messages of bounded size.
* `settings`: the options of `badbuzz.toml` and their environment variables.
* `mentions`: the record of a mention, the raw message, its text, heartbeats and dead letters.
* `wording`: what people read, in English and French.
* `sources`: what networks publish now, each network one package.
* `matching`: which brands a post is about.
* `collecting`: posts in, mentions out.
* `recordings`: mentions recorded earlier, and the pace at which they are read; `exports`: files of listening tools.
* `scoring`: the scorer: messages in, mergeable rollups out.
* `watching`: the state of a brand: rollups in, incident events out, snapshots.
* `metrics`: the metrics that Prometheus scrapes.
* `kafka`: topics, producers and consumers: everything that talks to the broker.
* `worker`: the processes that run the scorer and the watcher on Kafka until stopped.
* `web`: a small HTTP server.
* `oncall`: Grafana annotations, and checks that alerts reach a person.
* `offline`: work on files, without a broker: replay, backtest, detect, score, recorded metrics.
* `scenarios`: past incidents reconstructed from small files.
* `picture`: the drawing of a replay.
* `cli`: the command line, one file a command.

Each package imports only those below it: `cli`, then `worker`, then `offline` and `oncall`, then `pipeline`, `metrics`
and `kafka`, then `watching`, then `collecting`, then `scoring`, `sources`, `matching`, `recordings`, `exports` and
`picture`, then `settings`, `scenarios` and
`web`, then `mentions` and `wording`, then `event_time`, `encoding` and `errors`.
"""
