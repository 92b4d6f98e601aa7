"""Creates the chat's model. pydantic-ai is imported only when the first turn needs it."""

from typing import TYPE_CHECKING, Any

from surelist.config import Settings
from surelist.errors import NotSetUp

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

OLLAMA_URL = "http://localhost:11434/v1"


def require_model(settings: Settings) -> None:
    """Raise NotSetUp when no model is configured."""
    if not settings.model:
        raise NotSetUp("chat_without_model")


def http_client(settings: Settings) -> "httpx2.AsyncClient":
    """An HTTP client for the model's server. The caller closes it."""
    import httpx2

    return httpx2.AsyncClient(timeout=httpx2.Timeout(settings.chat_seconds, connect=5))


def make_model(settings: Settings, client: "httpx2.AsyncClient") -> "Model[Any]":
    """Create the configured model. Raises NotSetUp when the model or its key is missing."""
    require_model(settings)
    provider, _, name = settings.model.partition(":")
    url = settings.model_url or None
    key = settings.model_key.get_secret_value() or None
    if key is None and provider in ("openrouter", "anthropic", "google"):
        raise NotSetUp("chat_without_key", model=settings.model)
    if provider == "anthropic":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        made = AsyncAnthropic(api_key=key, base_url=url, http_client=client)
        return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=made))
    if provider == "google":
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        return GoogleModel(
            name, provider=GoogleProvider(api_key=key or "", base_url=url, http_client=client)
        )
    return _openai_compatible(provider, name, url, key, client)


def _openai_compatible(
    provider: str, name: str, url: str | None, key: str | None, client: "httpx2.AsyncClient"
) -> "Model[Any]":
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    if provider == "ollama":
        from pydantic_ai.models.ollama import OllamaModel
        from pydantic_ai.providers.ollama import OllamaProvider

        ollama = OllamaProvider(url or OLLAMA_URL, key or "ollama", http_client=client)
        return OllamaModel(name, provider=ollama)
    if provider == "openrouter":
        url = url or "https://openrouter.ai/api/v1"
    if key is None and url is None:
        raise NotSetUp("chat_without_key", model=f"openai:{name}")
    served = OpenAIProvider(
        url or "https://api.openai.com/v1", key or "not-needed", http_client=client
    )
    return OpenAIChatModel(name, provider=served)
