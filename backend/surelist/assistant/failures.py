"""The failures of a turn, and the sentence that the person reads for each."""

from typing import Literal

Failure = Literal[
    "interrupted",
    "stopped",
    "timed_out",
    "too_many_steps",
    "too_long",
    "unclear",
    "model_busy",
    "model_refused",
    "model_unavailable",
    "error",
]

FAILURE_MESSAGES: dict[Failure, str] = {
    "interrupted": "This turn was interrupted and has no answer. Its changes are in the list.",
    "stopped": "This turn was stopped. Its changes until then are in the list.",
    "timed_out": "The model took too long to answer. Try again.",
    "too_many_steps": "This turn reached the limit on steps. Ask for less at a time.",
    "too_long": "The model's answer was too long and was cut.",
    "unclear": "The model's answer cannot be understood. Try again in other words.",
    "model_busy": "The model's server is busy, or its quota is used up. Try again later.",
    "model_refused": "The model's server refused the request. The administrator can find the "
    "reason with: surelist doctor",
    "model_unavailable": "The model's server cannot be reached, or has a fault. Try again later.",
    "error": "An error occurred in the server. The changes until then are in the list.",
}


def failure_of(error: BaseException) -> Failure:
    """The kind of failure of an exception; "error" for an unexpected one."""
    import httpx2
    from pydantic_ai import exceptions as faults

    kinds: tuple[tuple[type[BaseException], Failure], ...] = (
        (TimeoutError, "timed_out"),
        (faults.ModelTimeoutError, "timed_out"),
        (faults.UsageLimitExceeded, "too_many_steps"),
        (faults.ModelRateLimitError, "model_busy"),
        (faults.ModelQuotaExceededError, "model_busy"),
        (faults.ModelOverloadedError, "model_busy"),
        (faults.ModelRequestRejectedError, "model_refused"),
        (faults.ModelAPIError, "model_unavailable"),
        (faults.UnexpectedModelBehavior, "unclear"),
        (httpx2.TimeoutException, "timed_out"),
        (httpx2.HTTPError, "model_unavailable"),
    )
    for fault, kind in kinds:
        if isinstance(error, fault):
            return kind
    return "error"
