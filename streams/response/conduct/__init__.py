"""The signals of a brand's conduct: promises, replies, moderation, statements; most of them hold without a case."""
