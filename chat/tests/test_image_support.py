"""Which models take images, and what is said where a service refuses them."""

import pytest

from chat.core.errors import ProviderRefused
from chat.providers.image_support import listed_images, takes_images, told_by
from chat.providers.service_errors import error_of_body


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"architecture": {"input_modalities": ["text", "image"]}}, True),
        ({"architecture": {"input_modalities": ["text"]}}, False),
        ({"capabilities": {"vision": True}}, True),
        ({"capabilities": {"vision": False}}, False),
        ({"type": "vlm"}, True),
        ({"capabilities": ["completion", "vision"]}, True),
    ],
)
def test_a_list_tells_which_model_takes_images(item, told):
    assert listed_images(item) == {"lists_images": told}


@pytest.mark.parametrize(
    "item", [{}, {"architecture": []}, {"architecture": {"input_modalities": 3}}, {"type": []}]
)
def test_a_list_that_does_not_tell_leaves_it_open(item):
    assert listed_images(item) == {}
    assert takes_images(item) is None
    assert not told_by(item)


def test_the_models_file_comes_before_the_list():
    assert takes_images({"images": False, "lists_images": True}) is False
    assert takes_images({"lists_images": True}) is True


@pytest.mark.parametrize(
    "message",
    [
        "No endpoints found that support image input",
        "Invalid content type. image_url is only supported by certain models.",
        "this model does not support images",
        "unknown variant `image_url`, expected `text`",
        "fake is not a multimodal model",
    ],
)
def test_a_refusal_of_images_becomes_a_sentence_that_says_what_to_do(message):
    error = error_of_body({"error": {"message": message}}, 400)
    assert isinstance(error, ProviderRefused)
    assert error.message.startswith("This model takes no images.")
