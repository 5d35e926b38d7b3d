"""How model services word their errors: tables from codes and phrases to errors of ours.

Sources: OpenAI's guide to error codes, Azure OpenAI's REST reference, OpenRouter's page
of errors and debugging, the sources of vLLM, llama.cpp's server, Ollama, LM Studio and
text-generation-inference, Groq's, DeepSeek's and Mistral's pages of error codes,
Gemini's troubleshooting guide. Phrases are in lower case.
"""

from __future__ import annotations

from chat.core.errors import (
    AuthFailed,
    Blocked,
    ContextTooLong,
    ModelNotFound,
    ProviderError,
    ProviderRefused,
    QuotaExceeded,
    RateLimited,
    ToolsUnsupported,
    Unavailable,
)

# The class of the error, and the reason of its sentence; empty for the class's own.
Problem = tuple[type[ProviderError], str]
# Phrases that all occur; behind ^ one that the text begins with.
Wording = tuple[tuple[str, ...], Problem]

CONTEXT: Problem = (ContextTooLong, "")
BLOCKED: Problem = (Blocked, "")
KEY: Problem = (AuthFailed, "")
ACCESS: Problem = (AuthFailed, "access_denied")
QUOTA: Problem = (QuotaExceeded, "")
RATE: Problem = (RateLimited, "")
MODEL: Problem = (ModelNotFound, "")
DOWN: Problem = (Unavailable, "")
OVERLOADED: Problem = (Unavailable, "overloaded")
LOADING: Problem = (Unavailable, "model_loading")
REGION: Problem = (ProviderRefused, "service_region")
DATA_POLICY: Problem = (ProviderRefused, "data_policy")
PARAMETER: Problem = (ProviderRefused, "parameter_refused")
TOOLS: Problem = (ToolsUnsupported, "")
IMAGES: Problem = (ProviderRefused, "images_refused")
NOT_A_SERVICE: Problem = (ProviderRefused, "not_a_model_service")
REFUSED: Problem = (ProviderRefused, "")

# Phrases that say more than the code beside them.
OVERRULING: tuple[Wording, ...] = (
    (("request too large for",), CONTEXT),  # OpenAI, Groq: rate_limit_exceeded
    (("tokens must be reduced",), CONTEXT),
    (("maximum context length",), CONTEXT),  # OpenAI, vLLM: BadRequestError
    (("maximum model length",), CONTEXT),  # vLLM
    (("loading model",), LOADING),  # llama.cpp: unavailable_error
    (("data policy",), DATA_POLICY),  # OpenRouter: 404
    (("location is not supported",), REGION),  # Gemini: FAILED_PRECONDITION
    (("prepayment credits",), QUOTA),  # Gemini: RESOURCE_EXHAUSTED
    (("must be verified",), ACCESS),  # OpenAI: unsupported_value of `stream`
    (("support image input",), IMAGES),  # OpenRouter: 404
    (("image_url", "only supported"), IMAGES),  # OpenAI, Azure
    (("image", "not support"), IMAGES),  # Ollama, LM Studio, Groq
    (("image", "unsupported"), IMAGES),
    (("image input", "not enabled"), IMAGES),  # Mistral, Gemini
    (("image input modality",), IMAGES),  # Gemini
    (("unknown variant `image_url`",), IMAGES),  # DeepSeek
    (("not a multimodal model",), IMAGES),  # vLLM
    (("not support multimodal",), IMAGES),
    (("support tool use",), TOOLS),  # OpenRouter: 404; Bedrock
    (("not support tool",), TOOLS),  # Ollama: "does not support tools"
    (("--enable-auto-tool-choice",), TOOLS),  # vLLM
    (("requires --jinja",), TOOLS),  # llama.cpp
    (("function calling", "not support"), TOOLS),  # DeepSeek
    (("function calling", "not enabled"), TOOLS),  # Gemini, Mistral
    (("function calling", "unsupported"), TOOLS),
    (("tool calling", "not support"), TOOLS),  # Groq
    (("tool use", "not support"), TOOLS),
    (("'tools'", "not support"), TOOLS),  # OpenAI, Azure
    (("tools is not supported",), TOOLS),
    (("tools are not supported",), TOOLS),
    (("tool use is unsupported",), TOOLS),
    (("argument supplied: tools",), TOOLS),  # Azure
)

CODES: dict[str, Problem] = {
    "context_length_exceeded": CONTEXT,
    "exceed_context_size_error": CONTEXT,  # llama.cpp
    "context_window_exceeded": CONTEXT,
    "string_above_max_length": CONTEXT,
    "request_too_large": CONTEXT,
    "content_filter": BLOCKED,
    "content_policy_violation": BLOCKED,
    "responsibleaipolicyviolation": BLOCKED,  # Azure
    "data_inspection_failed": BLOCKED,
    "invalid_prompt": BLOCKED,  # OpenAI's reasoning models: usage policy
    "moderation": BLOCKED,
    "insufficient_quota": QUOTA,
    "billing_hard_limit_reached": QUOTA,
    "billing_not_active": QUOTA,
    "insufficient_balance": QUOTA,
    "insufficient_credits": QUOTA,
    "payment_required": QUOTA,
    "exceeded_current_quota_error": QUOTA,
    "unsupported_country_region_territory": REGION,
    "model_not_found": MODEL,
    "deploymentnotfound": MODEL,  # Azure
    "model_not_available": MODEL,
    "model_decommissioned": MODEL,  # Groq
    "model_not_active": MODEL,
    "unknown_model": MODEL,
    "invalid_model": MODEL,  # Mistral
    "invalid_api_key": KEY,
    "incorrect_api_key": KEY,
    "api_key_invalid": KEY,  # Gemini
    "authentication_error": KEY,
    "invalid_authentication_error": KEY,
    "unauthenticated": KEY,
    "unauthorized": KEY,
    "account_deactivated": KEY,
    "permission_denied": ACCESS,
    "permission_error": ACCESS,
    "access_denied": ACCESS,
    "unsupported_parameter": PARAMETER,
    "unsupported_value": PARAMETER,
    "unknown_parameter": PARAMETER,
    "extra_forbidden": PARAMETER,
    "rate_limit_exceeded": RATE,
    "rate_limit_error": RATE,
    "rate_limited": RATE,
    "too_many_requests": RATE,
    "resource_exhausted": RATE,
    "ratelimitreached": RATE,
    "overloaded_error": OVERLOADED,
    "engine_overloaded": OVERLOADED,
    "engine_overloaded_error": OVERLOADED,
    "model_overloaded": OVERLOADED,
    "capacity_exceeded": OVERLOADED,
    "server_error": DOWN,
    "internal_server_error": DOWN,
}

# What answers where no API is.
MISSING_ADDRESS_STATUSES = {404, 405}
MISSING_ADDRESS: tuple[Wording, ...] = (
    (("invalid url",), NOT_A_SERVICE),  # OpenAI
    (("unknown request url",), NOT_A_SERVICE),  # Groq
    (("page not found",), NOT_A_SERVICE),  # Ollama, Go's default
    (("unexpected endpoint",), NOT_A_SERVICE),  # LM Studio
    (("resource not found",), NOT_A_SERVICE),  # Azure, with its address mistyped
    (("<html",), NOT_A_SERVICE),
    (("<!doctype",), NOT_A_SERVICE),
)

WORDINGS: tuple[Wording, ...] = (
    (("context length",), CONTEXT),  # LM Studio
    (("context_length",), CONTEXT),
    (("context window",), CONTEXT),
    (("context size",), CONTEXT),  # llama.cpp
    (("context overflow",), CONTEXT),
    (("maximum context",), CONTEXT),
    (("prompt is too long",), CONTEXT),  # Anthropic through OpenRouter
    (("prompt too long",), CONTEXT),  # Ollama
    (("input is too long",), CONTEXT),
    (("too many tokens",), CONTEXT),
    (("token count", "exceeds"), CONTEXT),  # Gemini
    (("exceeds the maximum number of tokens",), CONTEXT),
    (("too large for model",), CONTEXT),  # Mistral
    (("reduce the length",), CONTEXT),
    (("`inputs`", "tokens"), CONTEXT),  # text-generation-inference
    (("content management policy",), BLOCKED),  # Azure
    (("content_filter",), BLOCKED),
    (("content filter",), BLOCKED),
    (("content policy",), BLOCKED),
    (("content exists risk",), BLOCKED),  # DeepSeek
    (("moderation",), BLOCKED),  # OpenRouter: 403
    (("flagged",), BLOCKED),
    (("usage policy",), BLOCKED),
    (("usage policies",), BLOCKED),
    (("country, region",), REGION),  # OpenAI: 403
    (("your country",), REGION),
    (("your region",), REGION),
    (("insufficient balance",), QUOTA),  # DeepSeek: 402
    (("insufficient credits",), QUOTA),  # OpenRouter: 402
    (("requires more credits",), QUOTA),
    (("credit balance",), QUOTA),
    (("exceeded your current quota",), QUOTA),
    (("currently loading",), LOADING),  # Hugging Face
    (("model is loading",), LOADING),
    (("still loading",), LOADING),
    (("server loading",), LOADING),  # Ollama
    (("unsupported parameter",), PARAMETER),
    (("unsupported value",), PARAMETER),
    (("unrecognized request argument",), PARAMETER),  # Azure
    (("extra inputs are not permitted",), PARAMETER),  # Mistral
    (("with this model",), PARAMETER),
    (("on this model",), PARAMETER),  # xAI
    (("model", "not found"), MODEL),  # Ollama, Gemini
    (("model", "not exist"), MODEL),  # OpenAI, vLLM
    (("deployment", "not exist"), MODEL),  # Azure
    (("unknown model",), MODEL),
    (("invalid model",), MODEL),
    (("not a valid model",), MODEL),  # OpenRouter
    (("no endpoints found",), MODEL),
    (("no models loaded",), MODEL),  # LM Studio
    (("model", "decommissioned"), MODEL),
    (("model", "deprecated"), MODEL),
    (("access to model",), ACCESS),
    (("api key not valid",), KEY),  # Gemini: INVALID_ARGUMENT
    (("^incorrect api key",), KEY),  # xAI: 400
    (("^invalid api key",), KEY),
    (("rate limit",), RATE),
    (("rate-limited",), RATE),  # OpenRouter
    (("too many requests",), RATE),
    (("overloaded",), OVERLOADED),
    (("capacity",), OVERLOADED),
    (("high demand",), OVERLOADED),
    (("server is busy",), OVERLOADED),
)

STATUSES: dict[int, Problem] = {
    401: KEY,
    402: QUOTA,
    403: ACCESS,
    404: NOT_A_SERVICE,
    405: NOT_A_SERVICE,
    408: DOWN,
    413: CONTEXT,
    429: RATE,
    498: OVERLOADED,  # Groq
    499: DOWN,
    529: OVERLOADED,
}
