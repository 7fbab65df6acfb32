"""Brand matching: which brands a publication is about, and why; a pure function of its text and accounts.

Identities (accounts, handles, hashtags, domains) count always; names count at word boundaries and under the rules of
their brand. `matcher.BrandMatcher` is the entry.
"""
