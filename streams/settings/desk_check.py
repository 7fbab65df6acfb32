"""Checks that the response desk can see how brands answer: that their official accounts are known."""

from collections.abc import Iterator

from streams.settings.config import Config


def check_desk(config: Config) -> Iterator[str]:
    """Check that every configured brand has an official account.

    Yields
    ------
    str
        One line: that the desk sees them, or for whom it cannot, and the remedy.

    Examples
    --------
    >>> from streams.settings.config import BrandConfig
    >>> print(*check_desk(Config(brands={"Acme": BrandConfig()})))
    response desk: expected official accounts of each brand, got none for Acme: how it answers is seen only where its \
sources set `official`; set `official_accounts` under `[brands.Acme]`
    >>> list(check_desk(Config(brands={"Acme": BrandConfig(official_accounts=frozenset(("acme",)))})))
    ['response desk: sees 1 brand by its official accounts']
    """
    watched = [brand for brand in config.brands if config.desk_settings(brand).enabled]
    silent = sorted(brand for brand in watched if not config.brand(brand).official_accounts)
    if silent:
        yield (
            f"response desk: expected official accounts of each brand, got none for {', '.join(silent)}: how it "
            "answers is seen only where its sources set `official`; set `official_accounts` under "
            f"`[brands.{silent[0]}]`"
        )
    elif not watched:
        yield (
            "response desk: expected official accounts of each brand, got no configured brand: how a brand answers is "
            "seen only where its sources set `official`; set `official_accounts` under `[brands.NAME]`"
        )
    else:
        plural = "s by their" if len(watched) > 1 else " by its"
        yield f"response desk: sees {len(watched)} brand{plural} official accounts"
