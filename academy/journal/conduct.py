"""The rules that a trainee may break (违规): the topics of violations, in words."""

from collections.abc import Mapping

RULES: Mapping[str, Mapping[str, str]] = {
    "private-selling": {"zh": "私卖", "en": "Selling other goods privately"},
    "false-claims": {"zh": "夸大或医疗宣称", "en": "Exaggerated or medical claims"},
    "no-ad-mark": {"zh": "未标广告", "en": "No “ad” mark"},
    "privacy": {"zh": "泄露隐私", "en": "Giving away private data"},
    "head-hunting": {"zh": "拉人头", "en": "Recruiting for a head count"},
    "harassment": {"zh": "骚扰", "en": "Harassment"},
}
