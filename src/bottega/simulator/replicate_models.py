"""Every model that the simulated Replicate hosts, by name."""

from functools import cache

from bottega.simulator.replicate_clips import clips
from bottega.simulator.replicate_model import HostedModel, fraction, integer, text, uri
from bottega.simulator.replicate_pictures import pictures


def _plain() -> list[HostedModel]:
    """Models whose output is no file: a text, a list of texts, an object."""
    return [
        HostedModel(
            "replicate", "hello-world", "A tiny model that says hello", "text", "string",
            {"text": text("Text to prefix with 'hello '")}, ("text",), False, 0.1,
            pinned=("9dcd6d78e7c6560c340d916fe32e9f24aabfa331e5cce95fe31f77fb03121426",
                    "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"),
        ),
        HostedModel(
            "meta", "meta-llama-3-8b-instruct", "An 8 billion parameter language model", "text", "list",
            {"prompt": text("Prompt", ""), "max_tokens": integer(1, None, 512), "temperature": fraction(0, 5, 0.7)},
            (), True, 1.0,
        ),
        HostedModel(
            "meta", "llama-2-70b-chat", "A 70 billion parameter language model", "text", "list",
            {"prompt": text("Prompt"), "max_new_tokens": integer(1, None, 128)}, ("prompt",), True, 4.0,
        ),
        HostedModel(
            "simulated", "segmenter", "A picture and a mask of it, as an object", "picture", "dict",
            {"image": uri("Input image")}, ("image",), True, 1.0, dict_key="mask",
        ),
    ]  # fmt: skip


@cache
def hosted_models() -> dict[str, HostedModel]:
    """Every simulated model by its full name, `owner/name`. Not to be changed."""
    models = [*pictures(), *clips(), *_plain()]
    return {model.full_name: model for model in models}
