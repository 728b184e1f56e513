"""AWS's forms, as data: each field, in the order in which the console asks for it, and what we write in it.

AWS changed the wording five times in eight years; the next time, only this file has to change. Sources: `ses` is the
form of the SES developer guide of 2025 ("Request or relinquish dedicated IP addresses"), `pinpoint-email` that of the
Pinpoint user guide, which was withdrawn with Pinpoint on 2026-10-30. Each Japanese label is followed by AWS's English
one, so that every reader of the case can find the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedicated_ip_provider.lease.model import FormName


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: its label in English and Japanese, and a template of its value."""

    en: str
    ja: str
    value: str

    def line(self, language: str, values: dict[str, str]) -> str:
        """Return the field as a line."""
        label = f"{self.ja} ({self.en})" if language == "ja" else self.en
        return f"{label}: {self.value.format(**values)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of the Support Center: what to choose first, what to fill in, and what its description says.

    `amended` are the fields that an amendment of the number repeats.
    """

    choices: tuple[Field, ...]
    fields: tuple[Field, ...]
    description: tuple[Field, ...]
    amended: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One of AWS's procedures: a form to request addresses, and one to relinquish them."""

    request: Form
    relinquish: Form


CONTACT_LANGUAGE: Final = Field("Contact language", "連絡に使用する言語", "{contact_language}")

_USE_CASE: Final = Field("Use case description", "ユースケースの説明", "{description}")
_MAIL_TYPE: Final = Field("Mail type", "メールタイプ", "{mail_type}")
_WEBSITE: Final = Field("Website", "ウェブサイト URL", "{website_url}")
_WHY: Final = Field("Why dedicated addresses", "専用 IP アドレスが必要な理由", "{why_dedicated}")
_OPT_IN: Final = Field("How recipients opt in", "受信者のオプトイン方法", "{opt_in}")
_BOUNCES: Final = Field("How we handle bounces and complaints", "バウンスと苦情の処理方法", "{bounce_complaints}")
SEND_RATE: Final = Field("Desired maximum send rate", "希望する最大送信レート", "{rate} messages per second")
_AUP: Final = Field(
    "We comply with the AWS Service Terms and the Acceptable Use Policy",
    "AWS サービス条件と AUP の遵守",
    "{complies}",
)
_REGION: Final = Field("Region", "リージョン", "{region_field}")
ADDRESSES: Final = Field("Addresses to relinquish", "返却する IP アドレス", "{addresses}")

_SES_CHOICES: Final = (
    Field("Case type", "ケースのタイプ", "Account and billing"),
    Field("Service", "サービス", "Service Quotas"),
    Field("Category", "カテゴリ", "Amazon SES"),
    Field("Severity", "重要度", "General question"),
)
_SES_FIELDS: Final = (
    _REGION,
    Field("Quota", "クォータ", "Desired Dedicated IP"),
    Field("New limit value", "新しい制限値", "{count}"),
)
_PINPOINT_CHOICES: Final = (
    Field("Case type", "ケースのタイプ", "Service quota increase"),
    Field("Quota type", "クォータタイプ", "Pinpoint Email"),
)
_PINPOINT_QUOTA: Final = (
    _REGION,
    Field("Quota", "クォータ", "Desired Maximum Email Send Rate"),
    Field("New quota value", "新しいクォータ値", "{rate}"),
)
_HOW_MANY: Final = Field("Dedicated IP addresses requested", "希望する専用 IP アドレス数", "{count}")
_HOW_MANY_GO: Final = Field("Dedicated IP addresses to relinquish", "返却する専用 IP アドレス数", "{count}")

PROCEDURES: Final[Mapping[FormName, Procedure]] = {
    "ses": Procedure(
        request=Form(
            choices=_SES_CHOICES,
            fields=_SES_FIELDS,
            description=(_USE_CASE, _MAIL_TYPE, _WEBSITE, _WHY, _OPT_IN, _BOUNCES, SEND_RATE, _AUP),
            amended=_SES_FIELDS,
        ),
        relinquish=Form(choices=_SES_CHOICES, fields=_SES_FIELDS, description=(ADDRESSES,)),
    ),
    "pinpoint-email": Procedure(
        request=Form(
            choices=_PINPOINT_CHOICES,
            fields=(_MAIL_TYPE, _WEBSITE, _OPT_IN, _BOUNCES, _AUP, *_PINPOINT_QUOTA),
            description=(_HOW_MANY, _USE_CASE, _WHY),
            amended=(_REGION, _HOW_MANY),
        ),
        relinquish=Form(
            choices=_PINPOINT_CHOICES,
            # For a relinquishment the guide says "Choose any mail type" and "any value".
            fields=(_MAIL_TYPE, _AUP, *_PINPOINT_QUOTA),
            description=(_HOW_MANY_GO, ADDRESSES),
        ),
    ),
}

PHRASES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "hello": "Hello,",
        "place": "{name}, {code}",
        "have": "This account has {have} for Amazon SES in {place}.",
        "none": "no dedicated IP address",
        "some": "{number} dedicated IP {addresses}",
        "request": "Please add {count}, for a total of {total}.",
        "relinquish": "Please remove the {count} named below, leaving a total of {total}. "
        "We know that this cannot be reversed.",
        "amend": "Please change this request: in {place}, we now request {count} in all instead of {asked}, "
        "including any that you have already added for this case.",
        "withdraw": "We do not need any more dedicated IP addresses in {region} from this request, "
        "and are closing the case. Thank you.",
        "more": "The list of addresses to relinquish continues in the next message.",
        "list": "The list of addresses to relinquish in {region}, part {part} of {parts}:",
        "confirm": "Yes, we confirm: please remove {addresses} from our account in {region}. "
        "We know that this cannot be reversed.",
        "all": "the {count} dedicated IP addresses that this case lists",
        "records": "The lines below are for our own records; please leave them as they are.",
        "yes": "yes",
        "between": " ",
    },
    "ja": {
        "hello": "お世話になっております。",
        "place": "{name} ({code})",
        "have": "このアカウントには現在、{place} に Amazon SES の専用 IP アドレスが{have}あります。",
        "none": " 0 個",
        "some": " {number} 個",
        "request": "{count} 個を追加し、合計 {total} 個にしてください。",
        "relinquish": "下記の {count} 個を削除し、合計 {total} 個にしてください。元に戻せないことは承知しています。",
        "amend": "本リクエストの変更をお願いします。{place} で必要な専用 IP アドレスは、"
        "{asked} 個ではなく全部で {count} 個です。本ケースですでに追加された分を含みます。",
        "withdraw": "本リクエストによる {region} の専用 IP アドレスの追加は不要になりました。ケースを終了します。",
        "more": "返却する IP アドレスの一覧は次のメッセージに続きます。",
        "list": "{region} で返却する IP アドレスの一覧 ({part}/{parts}):",
        "all": "本ケースに記載のもの",
        "confirm": "はい、確認しました。{region} の専用 IP アドレス {count} 個 ({addresses}) を"
        "当アカウントから削除してください。元に戻せないことは承知しています。",
        "records": "以下の行は当方の記録用です。変更せずにそのままにしてください。",
        "yes": "はい",
        "between": "",
    },
}
"""The sentences of our messages, by contact language; every other language gets the English ones."""
