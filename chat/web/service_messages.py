"""What model services do wrong, as people read it: see MESSAGES in ui_strings.py."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SERVICE_MESSAGES: dict[str, str] = {
    "provider_quota": gettext_noop(
        "The account at the model's service has no credit left. Choose another provider; the administrator can top it up."
    ),
    "length_limit": gettext_noop(
        "The answer reached the longest this model writes at once. Continue for the rest."
    ),
    "length_in_thoughts": gettext_noop(
        "The model used up its length for thinking before the first word. Ask a shorter question or choose another model."
    ),
    "only_thoughts": gettext_noop(
        "The model thought, but gave no answer. Ask again or choose another model."
    ),
    "call_too_long": gettext_noop(
        "The model was not done when its time was up. Ask again or choose a quicker model."
    ),
    "thinking": gettext_noop("Thinking… {seconds} s"),
    "broken_before_answer": gettext_noop(
        "The model's service broke off before the first word. Try again or choose another model."
    ),
    "tool_not_offered": gettext_noop(
        "The model asked for a tool instead of finishing its answer. Ask again or choose another model."
    ),
    "unreadable_reply": gettext_noop(
        "The model's service answered in a way that cannot be read. Try again or choose another model."
    ),
    "overloaded": gettext_noop(
        "The model's service is overloaded. Try again in a moment or choose another model."
    ),
    "model_loading": gettext_noop("The model is still being loaded. Try again in a minute."),
    "access_denied": gettext_noop(
        "The model's service refused access. The administrator can check what the server's key may use."
    ),
    "service_region": gettext_noop(
        "The model's service is not offered in the country of this server. The administrator can choose another provider."
    ),
    "data_policy": gettext_noop(
        "No host of this model fits the account's data policy. The administrator can check it at the model's service."
    ),
    "parameter_refused": gettext_noop(
        "The model's service does not accept a parameter of this model. The administrator can unset it in the models file."
    ),
    "reply_too_large": gettext_noop(
        "The model's service sent more than an answer can hold. The rest is left out; ask again or choose another model."
    ),
    "not_a_model_service": gettext_noop(
        "What answers at the address of the model's service is no such service. The administrator can check the address."
    ),
    "silent_before_answer": gettext_noop(
        "The model's service took too long to begin. Try again or choose another model."
    ),
    "silent_in_answer": gettext_noop(
        "The model's service went silent in the middle. Try again or choose another model."
    ),
    "rate_limited_for": gettext_noop(
        "The model's service is busy. Try again in {seconds} seconds."
    ),
}
