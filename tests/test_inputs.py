"""The inputs of a lease: what is read, what is refused and in which words, and what counts as a change."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi import contains_unknowns
from support.bags import FORM, UNKNOWN, bag, form, over_the_wire
from support.tables import table

from dedicated_ip_provider.case_text.forms import PROCEDURES
from dedicated_ip_provider.inputs import DEFAULTS, INPUTS, NAMES, USE_CASE, changed_inputs, normalize
from dedicated_ip_provider.lease.model import Lease, UseCase
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.validation import Failure, Reading, inputs_of, read_lease, validate, warnings_of

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
ROLE = "arn:aws:iam::111122223333:role/mail"
WELL_KNOWN_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of AWS's documentation
FIELDS = ", ".join(FORM)


def read(inputs: dict[str, Any]) -> Reading:
    """Read inputs as `check` does."""
    return read_lease(inputs, contains_unknowns)


def lease(**inputs: Any) -> Lease:
    """Return the lease that right inputs hold."""
    found = read(bag(**inputs))
    assert () == found.failures
    assert found.lease is not None
    return found.lease


# Right values.

RIGHT: list[tuple[str, Any, Any]] = [
    ("holder", "shop/prod/eu west/1", "shop/prod/eu west/1"),
    ("holder", "Shop2/Production/mails/here/and/there/eu", "Shop2/Production/mails/here/and/there/eu"),
    ("region", "us-gov-west-1", "us-gov-west-1"),
    ("region", "eu-south-9", "eu-south-9"),
    ("count", 0.0, 0),
    ("count", 1_000.0, 1_000),
    ("count", 7, 7),
    ("pools", {"orders": 2.0, "news": 1.0}, {"news": 1, "orders": 2}),
    ("pools", {"a-b_9": 0.0}, {"a-b_9": 0}),
    ("attempt", 2.0, 2),
    ("adopt", [A, B], (A, B)),
    ("relinquish_first", [C], (C,)),
    ("take_over_from", "eu-west-1/7-k3f9", "eu-west-1/7-k3f9"),
    ("take_over_from", "us-gov-west-1/12-", "us-gov-west-1/12-"),
    ("max_send_rate", 12.5, 12.5),
    ("max_send_rate", 1_000_000, 1_000_000.0),
    ("contact_language", "ko", "ko"),
    ("cc_email_addresses", ["post@example.com"], ("post@example.com",)),
    ("confirm_relinquish", True, True),
    ("form", "pinpoint-email", "pinpoint-email"),
    ("filing", "console", "console"),
    ("profile", "mail", "mail"),
    ("role_arn", ROLE, ROLE),
]


@pytest.mark.parametrize(("name", "value", "expected"), RIGHT)
def test_a_right_value_is_read(name: str, value: Any, expected: Any) -> None:
    """Each input is read as the package uses it: whole numbers are ints again, lists are tuples."""
    found = getattr(lease(**{name: value}), name)

    assert (expected, type(expected)) == (found, type(found))


def test_every_input_has_a_right_value_here() -> None:
    """A new input comes with a row."""
    assert {*NAMES} == {name for name, *_ in RIGHT} | {"use_case"}


def test_what_is_not_given_has_its_default() -> None:
    """A holder, a Region and a count are enough to adopt or to import; the rest has a default."""
    expected = Lease(holder="shop/prod/eu", region="eu-west-1", count=3, use_case=None)

    assert Reading(lease=expected, failures=()) == read(bag(use_case=None))


@pytest.mark.parametrize("name", NAMES)
def test_every_input_is_explained_in_a_line(name: str) -> None:
    """The line is what a reader of the schema gets."""
    (one,) = (one for one in INPUTS if one.name == name)

    assert one.meaning.endswith(".")
    assert len(one.meaning) < 120


def test_the_tables_match_what_a_lease_is_made_of() -> None:
    """A program loads the tables alone; what is made of the values has the same names, in the same order."""
    assert {*NAMES} == {*Lease.__slots__}
    assert tuple(one.name for one in USE_CASE) == UseCase.__slots__
    assert [()] * len(PROCEDURES) == [read(bag(form=name)).failures for name in PROCEDURES]


PLAIN = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60).filter(str.strip)
ADDRESSES = st.lists(st.ip_addresses(v=4).map(str), unique=True, max_size=5).map(tuple)


@given(
    st.builds(
        Lease,
        holder=PLAIN.filter(lambda text: text == " ".join(text.split())),
        region=st.sampled_from(sorted(regions().with_ses)),
        count=st.integers(0, 1_000),
        pools=st.dictionaries(st.from_regex("[a-z0-9_-]{1,8}", fullmatch=True), st.integers(0, 1_000), max_size=3),
        attempt=st.integers(1, 1_000),
        adopt=ADDRESSES,
        relinquish_first=ADDRESSES,
        take_over_from=st.none() | st.just("eu-west-1/7-k3f9"),
        max_send_rate=st.none() | st.floats(0.1, 1_000_000),
        contact_language=st.sampled_from(["en", "ja", "xx"]),
        cc_email_addresses=st.lists(st.sampled_from(["a@example.com", "b@example.com"]), max_size=10).map(tuple),
        confirm_relinquish=st.booleans(),
        form=st.sampled_from(["ses", "pinpoint-email"]),
        filing=st.sampled_from(["support-api", "console"]),
        profile=st.none() | PLAIN,
        role_arn=st.none() | st.just(ROLE),
        use_case=st.none()
        | st.builds(
            UseCase,
            mail_type=PLAIN,
            website_url=st.just("http://example.org/a?b=c"),
            description=PLAIN,
            why_dedicated=PLAIN,
            opt_in=PLAIN,
            bounce_complaints=PLAIN,
            complies_with_aup=st.just(True),  # noqa: FBT003 - the only answer that is taken
        ),
    )
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_any_lease_survives_the_way_there_and_back(declared: Lease) -> None:
    """Whatever may be declared is written as inputs and read back as the same lease, through JSON too."""
    stored = json.loads(json.dumps(over_the_wire(inputs_of(declared))))

    assert Reading(lease=declared, failures=()) == read(stored)


def test_what_is_not_set_is_left_out() -> None:
    """Inputs are written with their defaults, and without those that have none, as Pulumi does."""
    assert {"take_over_from", "max_send_rate", "profile", "role_arn"} == {*NAMES} - inputs_of(lease()).keys()


# What is wrong, in exactly these words. A value of None leaves the input out.

ONE_LINE = "must be a string of 1 to 500 characters on one line"
REGION_CODE = "must be the code of an AWS Region, such as eu-west-1, not"
RATE = "must be above 0 and at most 1,000,000 messages per second, not"
POOL_NAME = "must have pool names of 1 to 64 of the characters a-z, 0-9, - and _, not"
ARN = f"must be the ARN of an IAM role, such as {ROLE}"
VERSION = "must be the version that the refusal names, such as eu-west-1/7-k3f9"

WRONG: list[tuple[str, Any, str]] = [
    ("holder", None, "is missing"),
    ("holder", " ", ONE_LINE),
    ("holder", "shop/prod\n/eu", ONE_LINE),
    ("holder", "shop/prod/\u2028eu", ONE_LINE),
    ("holder", "x" * 501, ONE_LINE),
    ("holder", 5.0, ONE_LINE),
    ("region", None, "is missing: give the lease one, or the stack with `pulumi config set aws:region`"),
    ("region", "", "must not be empty"),
    ("region", 5.0, "must be a string, not a number"),
    ("region", "EU-WEST-1", f"{REGION_CODE} 'EU-WEST-1'"),
    ("region", "fips-us-east-1", f"{REGION_CODE} 'fips-us-east-1'"),
    ("region", "x" * 51, "has 51 characters; at most 50 are allowed"),
    ("count", None, "is missing"),
    ("count", -1.0, "must be from 0 to 1,000, not -1"),
    ("count", 2.5, "must be a whole number, not 2.5"),
    ("count", "3", "must be a whole number, not a string"),
    ("count", True, "must be a whole number, not a boolean"),
    ("count", [3.0], "must be a whole number, not a list"),
    ("count", {"a": 1.0}, "must be a whole number, not an object"),
    ("count", object(), "must be a whole number, not something else"),
    ("count", math.nan, "must be a whole number, not nan"),
    ("count", -math.inf, "must be a whole number, not -inf"),
    ("count", 1_001.0, "must be from 0 to 1,000, not 1,001"),
    ("count", 1e300, "must be from 0 to 1,000, not 1e+300"),
    ("count", 10**400, "must be from 0 to 1,000, not a number that large"),
    ("pools", ["orders"], "must be a map of pool names to numbers, not a list"),
    ("pools", {"Orders": 1.0}, f"{POOL_NAME} 'Orders'"),
    ("pools", {"": 1.0}, f"{POOL_NAME} ''"),
    ("pools", {"x" * 65: 1.0}, f"{POOL_NAME} '{'x' * 40}'"),
    ("pools", {"orders": 1.5}, "has a wrong number for orders: it must be a whole number, not 1.5"),
    ("pools", {"orders": -1.0}, "has a wrong number for orders: it must be from 0 to 1,000, not -1"),
    ("use_case", "mail", f"must be an object with {FIELDS}, not a string"),
    ("attempt", 0.0, "must be from 1 to 1,000, not 0"),
    ("attempt", 1.5, "must be a whole number, not 1.5"),
    ("adopt", A, "must be a list of IPv4 addresses, not a string"),
    ("adopt", [A, "192.0.2.256"], "must contain IPv4 addresses only, not '192.0.2.256'"),
    ("adopt", ["2001:db8::1"], "must contain IPv4 addresses only, not '2001:db8::1'"),
    ("adopt", ["192.0.2.1/32"], "must contain IPv4 addresses only, not '192.0.2.1/32'"),
    ("adopt", [A, 3221225985.0], "must contain IPv4 addresses only, not a number"),
    ("adopt", [3221225985], "must contain IPv4 addresses only, not a number"),
    ("adopt", [A, B, A], f"contains {A} twice"),
    ("relinquish_first", [A, ""], "must contain IPv4 addresses only, not ''"),
    ("take_over_from", "7-k3f9", VERSION),
    ("take_over_from", "eu-west-1/k3f9", VERSION),
    ("take_over_from", 7.0, "must be a string, not a number"),
    ("max_send_rate", "10", "must be a number of messages per second, not a string"),
    ("max_send_rate", False, "must be a number of messages per second, not a boolean"),
    ("max_send_rate", 0.0, f"{RATE} 0"),
    ("max_send_rate", 1e7, f"{RATE} 10,000,000"),
    ("max_send_rate", math.nan, f"{RATE} nan"),
    ("max_send_rate", 10**400, f"{RATE} a number that large"),
    ("contact_language", "english", "must be a language code of two letters, such as 'en' or 'ja', not 'english'"),
    ("contact_language", "EN", "must be a language code of two letters, such as 'en' or 'ja', not 'EN'"),
    ("contact_language", 1.0, "must be a string, not a number"),
    ("cc_email_addresses", "a@example.com", "must be a list of e-mail addresses, not a string"),
    ("cc_email_addresses", ["a@example.com"] * 11, "contains 11 addresses; AWS accepts at most 10"),
    ("cc_email_addresses", ["post"], "must contain e-mail addresses only, not 'post'"),
    ("cc_email_addresses", ["a\x00@b"], "must contain e-mail addresses only, not 'a\\x00@b'"),
    ("cc_email_addresses", [True], "must contain e-mail addresses only, not a boolean"),
    ("confirm_relinquish", "yes", "must be true or false, not a string"),
    ("form", "pinpoint", "must be 'ses' or 'pinpoint-email'"),
    ("filing", "by hand", "must be 'support-api' or 'console'"),
    ("filing", ["console"], "must be 'support-api' or 'console'"),
    ("profile", "", "must not be empty"),
    ("profile", 5.0, "must be a string, not a number"),
    ("role_arn", "mail", ARN),
    ("role_arn", "arn:aws:iam::12345678901:role/mail", ARN),
    ("use_case.mail_type", None, "is missing"),
    ("use_case.mail_type", "x" * 101, "has 101 characters; at most 100 are allowed"),
    ("use_case.website_url", "example.com", "must be a web address that begins with https:// or http://"),
    ("use_case.website_url", "https:// example.com", "must be a web address that begins with https:// or http://"),
    ("use_case.description", " \n\t", "must not be empty"),
    ("use_case.description", "x" * 10_000, "has 10,000 characters; at most 5,000 are allowed"),
    ("use_case.description", "Orders\x07", "must not contain control characters"),
    ("use_case.description", "Orders \ud83d", "must not contain control characters"),
    ("use_case.why_dedicated", 5.0, "must be a string, not a number"),
    ("use_case.opt_in", ["by mail"], "must be a string, not a list"),
    ("use_case.bounce_complaints", False, "must be a string, not a boolean"),
    ("use_case.complies_with_aup", "true", "must be true or false, not a string"),
    (
        "use_case.complies_with_aup",
        False,
        "must be true: AWS leases addresses only to customers who comply with its Acceptable Use Policy",
    ),
]


@pytest.mark.parametrize(("name", "value", "what"), WRONG)
def test_what_is_wrong_with_an_input_is_said_in_one_sentence(name: str, value: Any, what: str) -> None:
    """A wrong input is a failure of that property, in exactly these words, and there is no lease then."""
    top, _, key = name.partition(".")
    given_ = bag(use_case=form(**{key: value})) if key else bag(**{top: value})

    assert Reading(lease=None, failures=(Failure(name, f"`{name}` {what}."),)) == read(given_)


def test_every_input_has_a_wrong_value_here() -> None:
    """A new input comes with its sentence."""
    assert {*NAMES} == {name.partition(".")[0] for name, *_ in WRONG}
    assert {*FORM} == {name.partition(".")[2] for name, *_ in WRONG} - {""}


def test_an_empty_use_case_lacks_every_field() -> None:
    """An empty use case is told field by field what is missing."""
    assert [f"`use_case.{name}` is missing." for name in FORM] == [
        one.reason for one in read(bag(use_case={})).failures
    ]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"cuont": 3.0}, f"unknown input `cuont`; expected one of {', '.join(NAMES)}."),
        ({"": 1.0}, f"unknown input `''`; expected one of {', '.join(NAMES)}."),
        ({"a\nb": 1.0}, f"unknown input `'a\\nb'`; expected one of {', '.join(NAMES)}."),
        ({"- " * 90: 1.0}, f"unknown input `'{'- ' * 20}'`; expected one of {', '.join(NAMES)}."),
        ({"x" * 90: 1.0}, f"unknown input `'{'x' * 40}'`; expected one of {', '.join(NAMES)}."),
        ({"use_case": form(descriptoin="x")}, f"unknown input `use_case.descriptoin`; expected one of {FIELDS}."),
    ],
)
def test_an_unknown_input_is_refused_with_the_known_ones(inputs: dict[str, Any], expected: str) -> None:
    """A misspelt key is not silently left out; whatever it is, the failure is one sentence on one line."""
    assert [expected] == [failure.reason for failure in read(bag(**inputs)).failures]


def test_what_pulumi_adds_for_itself_is_no_unknown_input() -> None:
    """`__provider` stands in every bag and is left alone."""
    assert lease() == lease(__provider="gASV")


def test_all_failures_are_reported_at_once() -> None:
    """A reader corrects everything in one go."""
    failures = read(bag(count=-1.0, region="mars", use_case=form(opt_in=""), colour="red")).failures

    assert ["region", "count", "colour", "use_case.opt_in"] == [failure.property for failure in failures]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(FORM)) | st.text(max_size=3), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), VALUES, max_size=8))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_any_bag_is_read_or_refused_in_sentences(anything: dict[str, Any]) -> None:
    """Whatever is in a bag, reading it raises nothing, and each failure is a short sentence on one line."""
    reasons = [failure.reason for failure in read(anything).failures]

    assert [] == [one for one in reasons if not one.endswith(".") or len(one.splitlines()) > 1 or len(one) > 500]


# Secrets: what looks like one never gets into the state or a case, and is never repeated.

SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "key=ASIAIOSFODNN7EXAMPLE.",
    WELL_KNOWN_KEY,
    f"secret:{WELL_KNOWN_KEY}\n",
    "see https://example.com?key=AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----\nMIIE",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("name", ["use_case.description", "use_case.mail_type", "profile"])
def test_a_text_that_looks_like_a_secret_is_refused_without_repeating_it(name: str, text: str) -> None:
    """A key in a text is refused before it reaches the state or AWS."""
    what = "seems to contain an AWS key or a private key, which would be sent to AWS Support"

    test_what_is_wrong_with_an_input_is_said_in_one_sentence(name, text, what)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("adopt", [WELL_KNOWN_KEY]),
        ("cc_email_addresses", [WELL_KNOWN_KEY]),
        ("pools", {WELL_KNOWN_KEY: 1.0}),
        ("region", WELL_KNOWN_KEY),
        ("take_over_from", WELL_KNOWN_KEY),
        ("role_arn", WELL_KNOWN_KEY),
        ("form", WELL_KNOWN_KEY),
        ("count", WELL_KNOWN_KEY),
        ("contact_language", WELL_KNOWN_KEY),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(name: str, value: Any) -> None:
    """Whoever pastes a key into another input does not find it in a log."""
    (failure,) = read(bag(**{name: value})).failures

    assert (name, False) == (failure.property, WELL_KNOWN_KEY in failure.reason)


@pytest.mark.parametrize(
    "text",
    [
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "SHA1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "AKIA is how an access key begins",
        "AKIAIOSFODNN7EXAMPLETOOLONG",
        "-----BEGIN PUBLIC KEY-----",
        "https://example.com/Preferences/2026/Newsletters/Signup1",
        "Our terms are at https://example.com/Terms/2026/Mail/Preferences/Sub1.",
        "arn:aws:iam::111122223333:role/MailTeamProductions2026DeployAccess",
        f"{WELL_KNOWN_KEY}X is 41 characters long",
        "מיילים של הזמנות \u202e400,000\u202c ביום",
        "注文と配送のメール、一日四十万通 📮",
        "one line\nanother line\ttabbed",
    ],
)
def test_a_text_that_only_resembles_a_secret_passes(text: str) -> None:
    """A hash, a public key, a path of 40 characters or any language is no secret."""
    assert text == getattr(lease(use_case=form(description=text)).use_case, "description", None)


def test_a_web_address_a_role_or_a_path_of_40_characters_is_no_secret() -> None:
    """They are made of names, and may be as long as a key."""
    url = "https://example.com/Preferences/2026/Newsletters/Signup1"
    role = "arn:aws:iam::111122223333:role/MailTeamProductions2026DeployAccess"
    path = "organization/Shop2/Production/mails/here"

    assert [40, 40, 40] == [len(url.rpartition(".")[2]), len(role.rpartition(":")[2]), len(path)]
    assert () == read(bag(use_case=form(website_url=url), role_arn=role, holder=path)).failures


# Values that are not known yet, in a preview.


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_yet_is_no_failure(name: str) -> None:
    """An input that another resource will give passes; there is no lease to speak of yet."""
    assert Reading(lease=None, failures=()) == read(bag(**{name: UNKNOWN}))


@pytest.mark.parametrize(
    "inputs",
    [
        {"adopt": [A, UNKNOWN]},
        {"pools": {"orders": UNKNOWN}},
        *({"use_case": form(**{name: UNKNOWN})} for name in FORM),
    ],
)
def test_a_part_that_is_not_known_yet_is_no_failure(inputs: dict[str, Any]) -> None:
    """One address of several, or a field of the use case, may come from another resource too."""
    assert Reading(lease=None, failures=()) == read(bag(**inputs))


def test_what_is_wrong_is_said_beside_what_is_not_known() -> None:
    """A preview reports what it can know, beside an unknown input and inside a half-known use case."""
    failures = read(bag(region=UNKNOWN, count=-1.0, use_case=form(opt_in=UNKNOWN, description=""))).failures

    assert ["count", "use_case.description"] == [failure.property for failure in failures]


# Inputs that are right one by one, together.

NO_RATE = "`max_send_rate` is missing: the form `pinpoint-email` asks for messages per second."
NO_USE_CASE = "`use_case` is missing: AWS asks what you send before it leases addresses."


TOO_MANY = "`adopt` names 3 addresses, but `count` is 2, which includes them."
NO_ROOM = "`pools` need 4 addresses, but `count` is 3."


@table(
    "reason, inputs, is_new, expected",
    [
        ("a request with all that AWS asks", {}, True, []),
        ("nothing but adopted addresses", {"adopt": [A, B, C]}, True, []),
        ("more than are wanted", {"count": 2.0, "adopt": [A, B, C]}, True, [TOO_MANY]),
        ("every address has its pool", {"pools": {"orders": 2.0, "news": 1.0}}, True, []),
        ("pools share what there is", {"pools": {"orders": 3.0, "news": 1.0}}, True, [NO_ROOM]),
        ("addresses are requested", {"use_case": None}, True, [NO_USE_CASE]),
        ("by a form as well", {"use_case": None, "filing": "console"}, True, [NO_USE_CASE]),
        ("nothing is requested", {"use_case": None, "count": 0.0}, True, []),
        ("nothing but adopting", {"use_case": None, "count": 1.0, "adopt": [A]}, True, []),
        ("one more than adopted", {"use_case": None, "count": 2.0, "adopt": [A]}, True, [NO_USE_CASE]),
        ("a lease that is taken over may be full", {"use_case": None, "take_over_from": "eu-west-1/7-k3f9"}, True, []),
        ("a lease that exists may relinquish without one", {"use_case": None}, False, []),
        ("its form asks for a rate", {"form": "pinpoint-email"}, True, [NO_RATE]),
        ("as soon as it is chosen", {"form": "pinpoint-email"}, False, [NO_RATE]),
        ("and has one", {"form": "pinpoint-email", "max_send_rate": 10.0}, True, []),
    ],
)
def test_inputs_are_validated_together(
    inputs: dict[str, Any],
    is_new: bool,  # noqa: FBT001 - a column
    expected: list[str],
    reason: str,
) -> None:
    """What is right one by one may be wrong together; each failure names its input."""
    failures = validate(lease(**inputs), regions(), is_new=is_new)

    assert expected == [failure.reason for failure in failures], reason
    assert [True] * len(failures) == [f"`{failure.property}`" in failure.reason for failure in failures]


def test_a_case_longer_than_aws_takes_is_refused_with_what_has_to_go() -> None:
    """AWS takes 8,000 characters: the failure says by how many the use case is too long, and so many are enough."""
    fields = {"description": "x" * 3_000, "why_dedicated": "x" * 3_000, "bounce_complaints": "x" * 3_000}
    (failure,) = validate(lease(use_case=form(**fields)), regions(), is_new=True)
    words = failure.reason.replace(",", "").split()
    length, too_many = int(words[4]), int(words[-1][:-1])

    def fits(text: str) -> bool:
        return not validate(lease(use_case=form(**{**fields, "bounce_complaints": text})), regions(), is_new=True)

    assert (
        f"`use_case` makes the case {length:,} characters long, but AWS accepts 8,000: shorten it by {too_many:,}."
        == failure.reason
    )
    assert ("use_case", 8_000) == (failure.property, length - too_many)
    assert (True, False) == (fits("x" * (3_000 - too_many)), fits("x" * (3_001 - too_many)))


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, []),
        ({"contact_language": "tr"}, []),
        (
            {"contact_language": "de"},
            [
                "AWS Support's languages of 2026-11-26 are en, ja, ko, zh, es, fr, pt, tr; `contact_language` is 'de'. AWS decides."
            ],
        ),
        (
            {"region": "eu-south-9"},
            [f"{regions().source} does not list the Region eu-south-9: check the code. AWS decides."],
        ),
    ],
)
def test_what_may_be_right_is_a_warning(inputs: dict[str, Any], expected: list[str]) -> None:
    """What our own lists do not have is no failure: AWS decides, and may have more by now."""
    assert expected == list(warnings_of(lease(**inputs), regions()))


# Comparing.

STORED: dict[str, Any] = {**over_the_wire(inputs_of(lease())), "status": "active", "__provider": "gASV"}


@pytest.mark.parametrize(
    ("news", "reason"),
    [
        ({}, "nothing changed"),
        ({"count": 3}, "an int is a float"),
        (dict.fromkeys(DEFAULTS), "a default is the same as not given"),
        (DEFAULTS, "and the other way round"),
        ({"adopt": [], "relinquish_first": [], "cc_email_addresses": [], "pools": {}}, "empty is the same as none"),
        ({"__provider": "another"}, "what Pulumi adds does not matter"),
    ],
)
def test_what_means_the_same_is_no_change(news: dict[str, Any], reason: str) -> None:
    """A preview with nothing to do is empty."""
    assert [] == changed_inputs(STORED, bag(**news)), reason


CHANGES = {**{name: value for name, value, _ in RIGHT}, "use_case": form(opt_in="By mail.")}


@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_a_change_is_named(name: str, value: Any) -> None:
    """Each input that means something else is a change; so is one that is taken away, or not known yet."""
    assert [name] == changed_inputs(STORED, bag(**{name: value}))
    assert [name] == changed_inputs({**STORED, name: value}, bag())
    assert [name] == changed_inputs(STORED, bag(**{name: UNKNOWN}))


@pytest.mark.parametrize(("name", "value"), [("adopt", [UNKNOWN]), ("use_case", form(opt_in=UNKNOWN))])
def test_a_part_that_is_not_known_yet_may_be_a_change(name: str, value: Any) -> None:
    """To say "no change" would be a guess."""
    assert [name] == changed_inputs(STORED, bag(**{name: value}))


@pytest.mark.parametrize(
    ("name", "bag_", "expected"),
    [
        ("attempt", {}, 1),
        ("attempt", {"attempt": None}, 1),
        ("attempt", {"attempt": 2.0}, 2),
        ("pools", {"pools": {}}, None),
        ("adopt", {"adopt": []}, None),
        ("count", {"count": 0.0}, 0),
        ("confirm_relinquish", {"confirm_relinquish": False}, False),
    ],
)
def test_an_input_is_normalized(name: str, bag_: dict[str, Any], expected: object) -> None:
    """Absent, None, empty and the default are the same wish; 0 and false are wishes of their own."""
    assert expected == normalize(name, bag_)
