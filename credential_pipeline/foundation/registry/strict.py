"""What all models of the registry are made of: strict keys, names that are safe, words out of a list."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from credential_pipeline.foundation.names import NAME


def check_name(value: str) -> str:
    """Return a name that is safe as folder, partition and SQL schema; ValueError otherwise."""
    if not NAME.match(value):
        message = "use 1 to 40 lower-case letters, digits and underscores, starting with a letter or digit"
        raise ValueError(message)
    return value


def one_of(*allowed: str) -> AfterValidator:
    """Make a validator that accepts the given words and lists them in its message."""

    def check(value: str) -> str:
        if value not in allowed:
            message = f"allowed: {', '.join(allowed)}"
            raise ValueError(message)
        return value

    return AfterValidator(check)


Name = Annotated[str, AfterValidator(check_name)]
Text = Annotated[str, Field(min_length=1, max_length=500)]


class Strict(BaseModel):
    """Unknown keys are mistakes; what was loaded does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
