"""The short list of reasons that a reviewer may give. Not here: the decisions themselves."""

REASONS = {
    "typing_error": "Typing error in a name or date",
    "name_change": "Name changed (marriage, court)",
    "nickname": "Nickname or other form of the name",
    "relatives": "Relatives (twins, parent and child)",
    "other_person": "Other person of the same name",
    "too_little": "Too little information",
}
"""Code, which is stored, and what the page says."""
