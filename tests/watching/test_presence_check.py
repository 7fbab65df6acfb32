"""What whoever checks an installation can rely on: a network without a word of the brand is named, with what to do."""

from msgspec.structs import replace

from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings
from streams.watching.desk_watch import DeskWatch
from streams.watching.presence_check import presence_warnings
from tests.helpers.desks import DeskDriver, complaint, statement

ACME = BrandConfig(official_accounts=frozenset(("acme",)))
CONFIG = Config(brands={"Acme": ACME})
TALK = [complaint(n, f"a{n}", network="forum" if n % 4 else "blog") for n in range(20)]


def stored(desk: DeskDriver) -> bytes:
    watch = DeskWatch("Acme", CONFIG)
    watch.desk = desk.desk
    return watch.encoded()


def test_a_network_where_a_brand_never_speaks_is_named_with_its_share_and_the_remedy() -> None:
    (warning,) = presence_warnings("Acme", stored(DeskDriver().say([*TALK, statement(3, network="forum")])), CONFIG)
    assert warning == (
        "brands.Acme: 25% of its mentions of 30 days are on blog and none is the brand's own: speak there, or list it "
        "in `blind_networks` where its source shows no official post"
    )


def test_a_network_that_shows_no_official_post_and_a_desk_that_is_switched_off_are_not_named() -> None:
    row = stored(DeskDriver().say([*TALK, statement(3, network="forum")]))
    blind = Config(brands={"Acme": replace(ACME, blind_networks=frozenset(("blog",)))})
    off = replace(CONFIG, desk=DeskSettings(enabled=False))
    assert [list(presence_warnings("Acme", row, config)) for config in (blind, off)] == [[], []]


def test_a_brand_that_speaks_nowhere_is_left_to_the_check_of_its_official_accounts() -> None:
    assert list(presence_warnings("Acme", stored(DeskDriver(BrandConfig()).say(TALK)), Config())) == []


def test_state_of_another_version_is_passed_over() -> None:
    assert list(presence_warnings("Acme", b"\x93\x01\x02\x03", CONFIG)) == []
