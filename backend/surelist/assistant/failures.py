"""Why a turn ended without an answer, in words for the person."""

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

SAID: dict[Failure, str] = {
    "interrupted": "This turn was interrupted, and has no answer. What it had done is in the list.",
    "stopped": "This turn was stopped. What it had done until then is in the list.",
    "timed_out": "The model took too long to answer. Try again.",
    "too_many_steps": "This took more steps than one turn may have. Ask for less at a time.",
    "too_long": "The model's answer was longer than an answer may be, and was cut.",
    "unclear": "The model gave an answer that cannot be understood. Try again in other words.",
    "model_busy": "The model's server is busy, or its quota is spent. Try again in a while.",
    "model_refused": "The model's server refused the request. Whoever runs this Surelist can find "
    "out why with: surelist doctor",
    "model_unavailable": "The model's server cannot be reached, or has a fault. Try again in a "
    "while.",
    "error": "Something went wrong in the server. What was done until then is in the list.",
}


def failure_of(error: BaseException) -> Failure:
    """What kind of failure ended a run; "error" for one that is nobody's but ours."""
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
