"""Pulumi's property bags: what is read, what is refused and in which words, and what is written back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from bags import FORM, UNKNOWN, bag, form, over_the_wire
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi import contains_unknowns
from values import ACCOUNT, REGION, A, B, C, D, lease, past, relinquish, request, seen

from dedicated_ip_provider.errors import Refused
from dedicated_ip_provider.forms import case_url
from dedicated_ip_provider.lease import UNFILED, Lease, Paper, UseCase
from dedicated_ip_provider.names import INPUTS, OUTPUTS
from dedicated_ip_provider.outlook import outlook_of
from dedicated_ip_provider.props import Failure, Reading, changed_inputs, inputs_of, judge, read_lease
from dedicated_ip_provider.regions import regions
from dedicated_ip_provider.state import is_state, lease_from_state, outputs_of, past_from_state

FIELDS = ", ".join(FORM)
KEY_IN_TEXT = "looks like it has an AWS key or a private key in it: it would be sent to AWS Support"
UNREADABLE = "Nothing was filed. Update dedicated-ip-provider, or restore the stack's state from before."
WELL_KNOWN_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of AWS's documentation
ROLE = "arn:aws:iam::111122223333:role/mail"
EVERY_INPUT: dict[str, Any] = {
    "attempt": 2,
    "adopt": (A, B),
    "release_first": (B,),
    "max_send_rate": 12.5,
    "contact_language": "ja",
    "cc_email_addresses": ("post@example.com",),
    "confirm_relinquish": True,
    "form": "pinpoint-email",
    "filing": "console",
    "profile": "mail",
    "role_arn": ROLE,
}


def read(inputs: dict[str, Any]) -> Reading:
    """Read inputs as `check` does."""
    return read_lease(inputs, regions(), contains_unknowns)


# Reading inputs.


def test_what_is_not_given_has_a_default() -> None:
    """Region, count and use case are enough: the rest has a default."""
    assert Reading(lease=lease(), failures=()) == read(bag())


def test_whole_numbers_arrive_as_floats() -> None:
    """Pulumi hands every number over as a float; a count is an int all the same."""
    read_back = read(bag(count=7.0, attempt=2.0)).lease

    assert read_back is not None
    assert (7, int, 2, int) == (read_back.count, type(read_back.count), read_back.attempt, type(read_back.attempt))


def test_every_input_survives_the_way_there_and_back() -> None:
    """What a lease declares is written as inputs and read back as the same lease."""
    declared = lease(5, **EVERY_INPUT)

    assert declared == read(over_the_wire(inputs_of(declared))).lease


PLAIN = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60).filter(str.strip)
ADDRESSES = st.lists(st.ip_addresses(v=4).map(str), unique=True, max_size=5).map(tuple)


@given(
    st.builds(
        Lease,
        key=PLAIN,
        region=st.sampled_from(sorted(regions().with_ses)),
        count=st.integers(0, 10_000),
        attempt=st.integers(1, 10_000),
        adopt=ADDRESSES,
        release_first=ADDRESSES,
        max_send_rate=st.none() | st.floats(0.1, 1_000_000),
        contact_language=st.sampled_from(["en", "ja"]),
        cc_email_addresses=st.lists(st.sampled_from(["a@example.com", "b@example.com"]), max_size=10).map(tuple),
        confirm_relinquish=st.booleans(),
        form=st.sampled_from(["ses", "pinpoint-email"]),
        filing=st.sampled_from(["support-api", "console"]),
        profile=st.none() | PLAIN,
        role_arn=st.none() | st.just(ROLE),
        use_case=st.builds(
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
    """Whatever may be declared comes back as it was, through JSON too."""
    stored = json.loads(json.dumps(over_the_wire(inputs_of(declared))))

    assert Reading(lease=declared, failures=()) == read(stored)


# What is wrong, in exactly these words. A value of None leaves the input out.

WRONG: list[tuple[str, Any, str]] = [
    ("count", None, "is missing"),
    ("count", -1.0, "must be from 0 to 10,000, not -1"),
    ("count", 2.5, "must be a whole number, not 2.5"),
    ("count", "3", "must be a whole number, not a text"),
    ("count", True, "must be a whole number, not a boolean"),
    ("count", [3.0], "must be a whole number, not a list"),
    ("count", {"a": 1.0}, "must be a whole number, not a set of fields"),
    ("count", object(), "must be a whole number, not something else"),
    ("count", math.nan, "must be a whole number, not nan"),
    ("count", math.inf, "must be a whole number, not inf"),
    ("count", -math.inf, "must be a whole number, not -inf"),
    ("count", 10_001.0, "must be from 0 to 10,000, not 10,001"),
    ("count", 1e300, "must be from 0 to 10,000, not 1e+300"),
    ("count", 10**400, "must be from 0 to 10,000, not a number that large"),
    ("region", None, "is missing: give the lease one, or the stack with `pulumi config set aws:region`"),
    ("region", "", "is empty"),
    ("region", 5.0, "must be a text, not a number"),
    ("region", "EU-WEST-1", "must be the code of an AWS Region, such as eu-west-1, not 'EU-WEST-1'"),
    ("region", "x" * 51, "is 51 characters long; at most 50 fit"),
    ("use_case", None, "is missing"),
    ("use_case", "mail", f"must be a set of fields ({FIELDS}), not a text"),
    ("attempt", 0.0, "must be from 1 to 10,000, not 0"),
    ("attempt", 1.5, "must be a whole number, not 1.5"),
    ("adopt", A, "must be a list of IPv4 addresses, not a text"),
    ("adopt", [A, "192.0.2.256"], "has something in it that is no IPv4 address: '192.0.2.256'"),
    ("adopt", ["2001:db8::1"], "has something in it that is no IPv4 address: '2001:db8::1'"),
    ("adopt", ["192.0.2.1/32"], "has something in it that is no IPv4 address: '192.0.2.1/32'"),
    ("adopt", [A, 3221225985.0], "has something in it that is no IPv4 address: a number"),
    ("adopt", [A, B, A], f"has {A} twice"),
    ("adopt", [WELL_KNOWN_KEY], "has something in it that is no IPv4 address: a text"),
    ("release_first", [A, ""], "has something in it that is no IPv4 address: ''"),
    ("max_send_rate", "10", "must be a number of messages per second, not a text"),
    ("max_send_rate", False, "must be a number of messages per second, not a boolean"),
    ("max_send_rate", 0.0, "must be above 0 and at most 1,000,000 messages per second, not 0"),
    ("max_send_rate", 1e7, "must be above 0 and at most 1,000,000 messages per second, not 10,000,000"),
    ("max_send_rate", math.nan, "must be above 0 and at most 1,000,000 messages per second, not nan"),
    ("max_send_rate", 10**400, "must be above 0 and at most 1,000,000 messages per second, not a number that large"),
    ("contact_language", "de", "must be 'en' or 'ja'"),
    ("contact_language", 1.0, "must be 'en' or 'ja'"),
    ("cc_email_addresses", "a@example.com", "must be a list of e-mail addresses, not a text"),
    ("cc_email_addresses", ["a@example.com"] * 11, "has 11 addresses; AWS takes at most 10"),
    ("cc_email_addresses", ["post"], "has something in it that is no e-mail address: 'post'"),
    ("cc_email_addresses", ["a\x00@b"], "has something in it that is no e-mail address: 'a\\x00@b'"),
    ("cc_email_addresses", [True], "has something in it that is no e-mail address: a boolean"),
    ("confirm_relinquish", "yes", "must be true or false, not a text"),
    ("form", "pinpoint", "must be 'ses' or 'pinpoint-email'"),
    ("filing", "by hand", "must be 'support-api' or 'console'"),
    ("filing", ["console"], "must be 'support-api' or 'console'"),
    ("profile", "", "is empty"),
    ("profile", 5.0, "must be a text, not a number"),
    ("role_arn", "mail", f"must be the ARN of an IAM role, such as {ROLE}"),
    ("role_arn", "arn:aws:iam::12345678901:role/mail", f"must be the ARN of an IAM role, such as {ROLE}"),
    ("lease_key", None, "is missing"),
    ("lease_key", "", "must be a text of 1 to 500 characters on one line"),
    ("lease_key", "a/b/c\nd/eu-west-1", "must be a text of 1 to 500 characters on one line"),
    ("lease_key", "x" * 501, "must be a text of 1 to 500 characters on one line"),
    ("lease_key", 5.0, "must be a text of 1 to 500 characters on one line"),
]


@pytest.mark.parametrize(("key", "value", "what"), WRONG)
def test_what_is_wrong_with_an_input_is_said_in_one_sentence(key: str, value: Any, what: str) -> None:
    """A wrong input is a failure of that property, in one clear sentence, and there is no lease then."""
    expected = Reading(lease=None, failures=(Failure(key, f"`{key}` {what}."),))

    assert expected == read(bag(**{key: value}))


WRONG_FIELDS: list[tuple[str, Any, str]] = [
    ("mail_type", None, "is missing"),
    ("mail_type", "x" * 101, "is 101 characters long; at most 100 fit"),
    ("website_url", None, "is missing"),
    ("website_url", "example.com", "must be a web address that begins with https:// or http://"),
    ("website_url", "https:// example.com", "must be a web address that begins with https:// or http://"),
    ("description", "", "is empty"),
    ("description", " \n\t", "is empty"),
    ("description", "x" * 10_000, "is 10,000 characters long; at most 5,000 fit"),
    ("description", "Orders\x07", "has a control character in it"),
    ("description", "Orders \ud83d", "has a control character in it"),
    ("why_dedicated", 5.0, "must be a text, not a number"),
    ("opt_in", ["by mail"], "must be a text, not a list"),
    ("bounce_complaints", False, "must be a text, not a boolean"),
    ("complies_with_aup", None, "is missing"),
    ("complies_with_aup", "true", "must be true or false, not a text"),
    (
        "complies_with_aup",
        False,
        "must be true: AWS leases addresses only to who complies with its Acceptable Use Policy",
    ),
]


@pytest.mark.parametrize(("key", "value", "what"), WRONG_FIELDS)
def test_what_is_wrong_with_a_field_of_the_use_case_names_the_field(key: str, value: Any, what: str) -> None:
    """A wrong field of the use case is reported by its path."""
    name = f"use_case.{key}"

    assert Reading(lease=None, failures=(Failure(name, f"`{name}` {what}."),)) == read(
        bag(use_case=form(**{key: value}))
    )


def test_an_empty_use_case_lacks_every_field() -> None:
    """An empty use case is told field by field what is missing."""
    expected = {f"`use_case.{name}` is missing." for name in FORM}

    assert expected == {failure.reason for failure in read(bag(use_case={})).failures}


def test_a_misspelt_input_is_refused_with_the_right_ones() -> None:
    """A key that nobody knows is refused, not silently left out; the failure lists the inputs."""
    failures = read(bag(cuont=3.0)).failures

    assert (Failure("cuont", f"`cuont` is no input; there are {', '.join(INPUTS)}."),) == failures


@pytest.mark.parametrize(
    ("key", "shown"), [("", "''"), ("a\nb", "'a\\nb'"), ("my count", "'my count'"), ("- " * 90, f"'{'- ' * 20}'")]
)
def test_a_key_that_is_no_word_is_shown_on_one_line(key: str, shown: str) -> None:
    """Whatever a key is, its failure is one sentence on one line."""
    (failure,) = read(bag(**{key: 1.0})).failures

    assert failure.reason.startswith(f"`{shown}` is no input; there are lease_key, ")


def test_a_misspelt_field_is_refused_with_the_right_ones() -> None:
    """A field of the use case that nobody knows is refused, and the failure lists the fields."""
    failures = read(bag(use_case=form(descriptoin="x"))).failures

    assert (Failure("use_case.descriptoin", f"`use_case.descriptoin` is no input; there are {FIELDS}."),) == failures


def test_what_pulumi_adds_for_itself_is_no_misspelt_input() -> None:
    """`__provider` stands in every bag and is left alone."""
    assert lease() == read(bag(__provider="gASV")).lease


def test_all_failures_are_reported_at_once() -> None:
    """A reader mends everything in one go."""
    failures = read(bag(count=-1.0, region="mars", use_case=form(opt_in=""))).failures

    assert ["region", "count", "use_case.opt_in"] == [failure.property for failure in failures]


# Secrets: what looks like one never gets into the state or a case.

SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "key=ASIAIOSFODNN7EXAMPLE.",
    WELL_KNOWN_KEY,
    f"secret:{WELL_KNOWN_KEY}\n",
    "see https://example.com?key=AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----\nMIIE",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN EC PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("name", ["description", "why_dedicated", "opt_in", "bounce_complaints", "mail_type"])
def test_text_that_looks_like_a_secret_is_refused_without_repeating_it(name: str, text: str) -> None:
    """A key in a text is refused before it reaches the state or AWS, and the failure does not repeat it."""
    expected = (Failure(f"use_case.{name}", f"`use_case.{name}` {KEY_IN_TEXT}."),)

    assert expected == read(bag(use_case=form(**{name: text}))).failures


NO_SECRETS = [
    "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "SHA1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
    "AKIA is how an access key begins",
    "AKIAIOSFODNN7EXAMPLETOOLONG",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "https://example.com/Preferences/2026/Newsletters/Signup1",
    "Our terms are at https://example.com/Terms/2026/Mail/Preferences/Sub1.",
    "arn:aws:iam::111122223333:role/MailTeamProductions2026DeployAccess",
    f"{WELL_KNOWN_KEY}X is 41 characters long",
    "מיילים של הזמנות, 400,000 ביום",
    "注文と配送のメール、一日四十万通 📮",
    "one line\nanother line\ttabbed",
]


@pytest.mark.parametrize("text", NO_SECRETS)
def test_text_that_only_resembles_a_secret_passes(text: str) -> None:
    """A hash, a public key, a path of 40 characters or any language is no secret."""
    assert () == read(bag(use_case=form(description=text))).failures


def test_a_web_address_or_a_role_of_40_characters_is_no_secret() -> None:
    """An address and an ARN have paths, which may be as long as a key."""
    url = "https://example.com/Preferences/2026/Newsletters/Signup1"
    role = "arn:aws:iam::111122223333:role/MailTeamProductions2026DeployAccess"

    assert [40, 40] == [len(url.rpartition(".")[2]), len(role.rpartition(":")[2])]
    assert () == read(bag(use_case=form(website_url=url), role_arn=role)).failures


def test_a_key_of_40_characters_is_no_secret() -> None:
    """The lease key is made of names, and may be as long as an AWS key is."""
    key = "organization/Shop2/Production/mails/here"

    assert 40 == len(key)
    assert () == read(bag(lease_key=key)).failures


# Unknown values, in a preview.


@pytest.mark.parametrize("key", INPUTS)
def test_what_is_not_known_yet_is_no_failure(key: str) -> None:
    """An input that another resource will give passes; there is no lease to speak of yet."""
    assert Reading(lease=None, failures=()) == read(bag(**{key: UNKNOWN}))


@pytest.mark.parametrize("key", FORM)
def test_a_field_that_is_not_known_yet_is_no_failure(key: str) -> None:
    """A field of the use case may come from another resource too."""
    assert Reading(lease=None, failures=()) == read(bag(use_case=form(**{key: UNKNOWN})))


def test_an_unknown_item_of_a_list_is_no_failure() -> None:
    """One address of several may come from another resource."""
    assert Reading(lease=None, failures=()) == read(bag(adopt=[A, UNKNOWN]))


def test_what_is_wrong_is_said_beside_what_is_not_known() -> None:
    """A preview reports what it can know, beside an unknown input and inside a half-known use case."""
    failures = read(bag(region=UNKNOWN, count=-1.0, use_case=form(opt_in=UNKNOWN, description=""))).failures

    assert ["count", "use_case.description"] == [failure.property for failure in failures]


# Inputs that are right one by one, judged together.


def test_more_adopted_than_wanted_is_refused() -> None:
    """Adopted addresses count: more of them than `count` would have to be given back at once."""
    wrong = Failure("adopt", "`adopt` names 3 addresses, but `count` is 2: they count.")

    assert (wrong,) == judge(lease(2, adopt=(A, B, C)), regions())


def test_as_many_adopted_as_wanted_is_right() -> None:
    """A lease may hold nothing but adopted addresses."""
    assert () == judge(lease(2, adopt=(A, B)), regions())


def test_the_pinpoint_form_needs_a_send_rate() -> None:
    """The Pinpoint form asks for a send rate in numbers; without one it cannot be filled in."""
    wrong = Failure(
        "max_send_rate", "`max_send_rate` is missing: the form `pinpoint-email` asks for messages per second."
    )

    assert (wrong,) == judge(lease(form="pinpoint-email"), regions())
    assert () == judge(lease(form="pinpoint-email", max_send_rate=10.0), regions())


def test_a_case_longer_than_aws_takes_is_refused_with_its_length() -> None:
    """AWS takes 8,000 characters; the failure says how long the case would be and what has to go."""
    long = dict.fromkeys(("description", "why_dedicated", "opt_in"), "x" * 3_000)
    read_back = read(bag(use_case=form(**long))).lease
    assert read_back is not None

    (failure,) = judge(read_back, regions())

    length = int(failure.reason.split()[4].replace(",", ""))
    assert length > 9_000
    assert (
        Failure(
            "use_case",
            f"`use_case` makes the case {length:,} characters long, but AWS takes 8,000: shorten it by "
            f"{length - 8_000:,}.",
        )
        == failure
    )


def test_shortened_as_told_a_case_fits() -> None:
    """The number of characters that the failure names is exactly enough."""
    fields = dict.fromkeys(("description", "why_dedicated", "opt_in"), "x" * 3_000)

    def judged(text: str) -> tuple[Failure, ...]:
        read_back = read(bag(use_case=form(**fields, bounce_complaints=text))).lease
        assert read_back is not None
        return judge(read_back, regions())

    fields["opt_in"] = "x"
    (failure,) = judged("x" * 3_000)
    too_many = int(failure.reason.split()[-1].rstrip(".").replace(",", ""))

    assert () == judged("x" * (3_000 - too_many))
    assert 1 == len(judged("x" * (3_000 - too_many + 1)))


# The state.


def state(**changes: Any) -> dict[str, Any]:
    """Give a state as Pulumi hands it back: an open request of which one address came, and one being given back."""
    declared = lease(3, **EVERY_INPUT)
    open_request = request(asks=2, before=(A, B))
    world = seen(A, B, C, D, cases=(open_request, relinquish(A, number=2, total=2)))
    remembered = past(3, addresses=(A, B), unfinished=True, adopt=(A, B), before=(A, B), case_number=2)
    outputs = outputs_of(declared, outlook_of(declared, remembered, world))
    return {**over_the_wire(outputs), "__provider": "gASV", **changes}


def test_the_state_holds_every_input_and_output() -> None:
    """Delete and refresh see nothing but the state: every input is echoed, every output is there."""
    assert {*INPUTS, *OUTPUTS, "__provider"} == state().keys()


def test_a_lease_survives_the_state() -> None:
    """What was declared is read back from the state as it was."""
    assert lease(3, **EVERY_INPUT) == lease_from_state(state(), regions())


def test_what_is_remembered_survives_the_state() -> None:
    """What the provider remembers of a lease is read back as it was, open cases and unfiled forms included."""
    declared = lease(3, filing="console")
    open_cases = (request(asks=3, before=(A,), total=3), relinquish(D, number=2, total=3, status=UNFILED))
    papers = (Paper(number=2, message=0, text="Hello,\n\nplease remove one."),)
    remembered = past(3, addresses=(A, D), case_number=2, open_cases=open_cases)
    outlook = outlook_of(declared, remembered, seen(A, D), papers)

    assert (open_cases, papers) == (outlook.past.open_cases, outlook.past.papers)
    assert replace(outlook.past, latest=outlook.case) == past_from_state(over_the_wire(outputs_of(declared, outlook)))


def test_what_is_empty_is_not_written() -> None:
    """Pulumi writes a stack again and again: what there is nothing to remember of, or is told, takes no room in it."""
    declared = lease(1)
    cases = (request(asks=1), relinquish(A, number=2, total=1))
    outputs = outputs_of(declared, outlook_of(declared, past(1, case_number=2), seen(cases=cases)))

    assert {"born_at", "case_number", "open_cases", "unfinished"} == outputs["memory"].keys()
    told, other = outputs["memory"]["open_cases"]
    assert {"filed_at", "number", "kind", "total", "attempt", "asks"} == told.keys()
    assert {"id", "display_id", "status", "filed_at", "number", "kind", "total", "attempt", "returns"} == other.keys()


def test_what_an_older_version_wrote_of_nothing_is_read_as_nothing() -> None:
    """Versions that wrote empty lists and plain noes meant what a missing word means."""
    declared = lease(3)
    outputs = outputs_of(declared, outlook_of(declared, past(3, case_number=1), seen(cases=(request(asks=3),))))
    [case] = outputs["memory"]["open_cases"]
    wordy = {**MEMORY, **outputs["memory"], "open_cases": [{**CASE_OF_NOTHING, **case}]}

    assert past_from_state(over_the_wire(outputs)) == past_from_state(over_the_wire({**outputs, "memory": wordy}))


def test_a_lease_without_a_case_points_to_none() -> None:
    """Adopted addresses need no case: the case outputs are empty texts, and are read as no case."""
    declared = lease(1, adopt=(A,))
    outputs = over_the_wire(outputs_of(declared, outlook_of(declared, None, seen(A))))

    assert ["", "", "", ""] == [outputs[f"case_{name}"] for name in ("id", "display_id", "url", "status")]
    assert None is past_from_state(outputs).latest


@pytest.mark.parametrize(
    "key",
    [
        "attempt",
        "adopt",
        "release_first",
        "max_send_rate",
        "contact_language",
        "cc_email_addresses",
        "confirm_relinquish",
        "form",
        "filing",
        "profile",
        "role_arn",
    ],
)
def test_a_state_of_an_older_version_lacks_an_input_and_is_read_all_the_same(key: str) -> None:
    """An input with a default may be missing: a state written before it existed goes on working."""
    older = state()
    del older[key]

    assert [3, 3] == [lease_from_state(older, regions()).count, past_from_state(older).count]


MEMORY: dict[str, Any] = {
    "before": [],
    "born_at": "2026-11-24T12:00:00+00:00",
    "case_number": 0.0,
    "confirmation_due": False,
    "open_cases": [],
    "papers": [],
    "release_order": [],
    "strangers": [],
    "unfinished": False,
}

CASE_OF_NOTHING: dict[str, Any] = {
    "before": [],
    "returns": [],
    "withdrawn": False,
    "confirmed": False,
    "asks": 0.0,
    "messages": 1.0,
}

FOREIGN: list[tuple[str, dict[str, Any], str]] = [
    ("no memory", {"memory": None}, "`memory` is missing."),
    ("memory of another shape", {"memory": []}, "TypeError: list indices must be integers or slices, not str."),
    ("no account", {"account_id": None}, "`account_id` is missing."),
    ("no addresses", {"addresses": None}, "`addresses` is missing."),
    (
        "addresses that are none",
        {"addresses": ["x"]},
        "a list of addresses has something in it that is no IPv4 address: 'x'.",
    ),
    (
        "addresses of another shape",
        {"relinquishing": 5.0},
        "a list of addresses must be a list of IPv4 addresses, not a number.",
    ),
    (
        "a case of no kind",
        {"memory": {**MEMORY, "open_cases": [{"kind": "gift"}]}},
        "ValueError: a case of no known kind.",
    ),
    (
        "a case that is none",
        {"memory": {**MEMORY, "open_cases": [5.0]}},
        "TypeError: 'float' object is not subscriptable.",
    ),
    ("a form that is none", {"memory": {**MEMORY, "papers": [{"number": "1"}]}}, "`message` is missing."),
    ("a count that is none", {"count": "many"}, "ValueError: invalid literal for int() with base 10: 'many'."),
    ("a count without end", {"count": math.inf}, "OverflowError: cannot convert float infinity to integer."),
]


@pytest.mark.parametrize(("changes", "why"), [row[1:] for row in FOREIGN], ids=[row[0] for row in FOREIGN])
def test_a_state_that_is_not_ours_is_refused_with_the_reason(changes: dict[str, Any], why: str) -> None:
    """A state that cannot be read stops everything, says why, and nothing is filed on it."""
    foreign = {key: value for key, value in state(**changes).items() if value is not None}

    with pytest.raises(Refused) as refusal:
        past_from_state(foreign)

    assert f"The state of eu (eu-west-1) cannot be read: {why}\n{UNREADABLE}" == str(refusal.value)


@pytest.mark.parametrize("key", [None, 5.0, ""])
def test_a_state_without_a_key_is_refused_too(key: object) -> None:
    """Not even the lease's name can be said then."""
    foreign = {name: value for name, value in state(lease_key=key).items() if value is not None}

    with pytest.raises(Refused) as refusal:
        lease_from_state(foreign, regions())

    why = "is missing" if key is None else "must be a text of 1 to 500 characters on one line"
    assert f"The state of a lease cannot be read: `lease_key` {why}.\n{UNREADABLE}" == str(refusal.value)


def test_every_wrong_input_of_a_state_is_named() -> None:
    """All that is wrong with the inputs of a state is said at once."""
    with pytest.raises(Refused) as refusal:
        lease_from_state(state(count=-1.0, region="mars"), regions())

    assert (
        "The state of eu (eu-west-1) cannot be read: `region` must be the code of an AWS Region, such as eu-west-1, "
        f"not 'mars'. `count` must be from 0 to 10,000, not -1.\n{UNREADABLE}" == str(refusal.value)
    )


def test_a_state_is_told_from_the_bare_inputs_of_get() -> None:
    """`DedicatedIpLease.get` sends a few inputs only; a state has a memory."""
    assert [True, False] == [is_state(state()), is_state({"profile": "mail"})]


# Comparing.

SAME: list[tuple[str, dict[str, Any]]] = [
    ("nothing changed", {}),
    ("an int is a float", {"count": 3}),
    ("a default is the same as not given", {"attempt": None, "contact_language": None, "confirm_relinquish": None}),
    ("so are the default form and filing", {"form": "ses", "filing": "support-api"}),
    ("an empty list is the same as none", {"adopt": [], "cc_email_addresses": []}),
    ("a renamed project has another key", {"lease_key": f"organization/other/prod/eu/{REGION}"}),
    ("what Pulumi adds does not matter", {"__provider": "another"}),
]


@pytest.mark.parametrize("news", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_what_means_the_same_is_no_change(news: dict[str, Any]) -> None:
    """A preview with nothing to do is empty."""
    olds = {**over_the_wire(inputs_of(lease())), "status": "active", "__provider": "gASV"}

    assert [] == changed_inputs(olds, bag(**news), contains_unknowns)


CHANGES: list[tuple[str, Any]] = [
    ("region", "eu-central-1"),
    ("count", 4.0),
    ("use_case", form(opt_in="By mail.")),
    ("attempt", 2.0),
    ("adopt", [A]),
    ("release_first", [A]),
    ("max_send_rate", 10.0),
    ("contact_language", "ja"),
    ("cc_email_addresses", ["a@example.com"]),
    ("confirm_relinquish", True),
    ("form", "pinpoint-email"),
    ("filing", "console"),
    ("profile", "mail"),
    ("role_arn", ROLE),
]


@pytest.mark.parametrize(("key", "value"), CHANGES)
def test_a_change_is_named(key: str, value: Any) -> None:
    """Each input that means something else is a change; so is one that is taken away."""
    before = over_the_wire(inputs_of(lease()))

    assert [key] == changed_inputs(before, bag(**{key: value}), contains_unknowns)
    assert [key] == changed_inputs({**before, key: value}, bag(), contains_unknowns)


@pytest.mark.parametrize(
    ("key", "value"),
    [("count", UNKNOWN), ("adopt", [UNKNOWN]), ("use_case", form(opt_in=UNKNOWN))],
)
def test_what_is_not_known_yet_may_be_a_change(key: str, value: Any) -> None:
    """An unknown value counts as changed: to say "no change" would be a guess."""
    assert [key] == changed_inputs(over_the_wire(inputs_of(lease())), bag(**{key: value}), contains_unknowns)


# The page of a case.


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "console.aws.amazon.com"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu"),
    ],
)
def test_a_case_is_found_at_its_partitions_support_center(region: str, host: str) -> None:
    """Each partition has a Support Center of its own."""
    assert f"https://{host}/support/home#/case/?displayId=1700000001&language=en" == case_url(region, "1700000001")


@pytest.mark.parametrize("display_id", [None, ""])
def test_a_case_has_no_page_before_its_number_is_known(display_id: str | None) -> None:
    """AWS lists a new case some seconds late; no page is made up until then."""
    assert "" == case_url(REGION, display_id)


def test_an_unset_input_is_left_out() -> None:
    """What is not set is left out, as Pulumi does; everything else is written with its default."""
    assert {"max_send_rate", "profile", "role_arn"} == set(INPUTS) - inputs_of(lease()).keys()


def test_the_account_of_a_state_is_kept_as_read() -> None:
    """The account that a lease lives in comes back from the state."""
    assert ACCOUNT == past_from_state(state()).account_id
