"""Models of the simulated Replicate that make or change pictures."""

from bottega.simulator.replicate_kontext_apps import KONTEXT_RATIO, PNG_JPG, kontext_apps
from bottega.simulator.replicate_model import (
    JSON,
    HostedModel,
    flag,
    fraction,
    integer,
    one_of,
    picture,
    seed,
    text,
    uri,
    uris,
)

WEBP_JPG_PNG = ("webp", "jpg", "png")


def tolerance(high: int = 6) -> JSON:
    return integer(1 if high == 5 else 0, high, 2)


def _flux() -> list[HostedModel]:
    kontext = {
        "prompt": text("Text description of what you want to generate, or the instruction on how to edit"),
        "input_image": uri("Image to use as reference. Must be jpeg, png, gif, or webp.", nullable=True),
        "aspect_ratio": KONTEXT_RATIO,
        "seed": seed(),
        "output_format": PNG_JPG,
        "safety_tolerance": tolerance(),
        "prompt_upsampling": flag(False),
    }
    classic_ratios = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")
    many = {
        "prompt": text("Prompt for generated image"),
        "aspect_ratio": one_of(classic_ratios, "1:1"),
        "num_outputs": integer(1, 4, 1),
        "seed": seed(),
        "output_format": one_of(WEBP_JPG_PNG, "webp"),
        "output_quality": integer(0, 100, 80),
        "disable_safety_checker": flag(False),
        "go_fast": flag(True),
        "megapixels": one_of(("1", "0.25"), "1"),
    }
    pro_ratios = ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")
    two = {
        "prompt": text("Text prompt for image generation"),
        "input_images": uris("Input images for image-to-image generation, at most 8", 8),
        "aspect_ratio": one_of(("match_input_image", "custom", *classic_ratios), "1:1"),
        "resolution": one_of(("match_input_image", "0.5 MP", "1 MP", "2 MP", "4 MP"), "1 MP"),
        "width": integer(256, 2048),
        "height": integer(256, 2048),
        "safety_tolerance": tolerance(5),
        "seed": seed(),
        "output_format": one_of(WEBP_JPG_PNG, "webp"),
        "output_quality": integer(0, 100, 80),
    }
    return [
        picture("black-forest-labs/flux-kontext-pro", "Text-based image editing", kontext, ("prompt",)),
        picture("black-forest-labs/flux-kontext-max", "Premium text-based image editing", kontext, ("prompt",), seconds=8),
        picture(
            "black-forest-labs/flux-kontext-dev",
            "Open-weight text-based image editing",
            {
                "prompt": kontext["prompt"],
                "input_image": uri("Image to use as reference"),
                "aspect_ratio": KONTEXT_RATIO,
                "num_inference_steps": integer(4, 50, 28),
                "guidance": fraction(0, 10, 2.5),
                "seed": seed(),
                "output_format": one_of(WEBP_JPG_PNG, "webp"),
                "output_quality": integer(0, 100, 80),
                "disable_safety_checker": flag(False),
                "go_fast": flag(True),
            },
            ("prompt", "input_image"),
        ),
        picture(
            "black-forest-labs/flux-1.1-pro",
            "Faster, better FLUX Pro",
            {
                "prompt": text("Text prompt for image generation"),
                "image_prompt": uri("Image to use with Flux Redux", nullable=True),
                "aspect_ratio": one_of(("custom", *pro_ratios), "1:1"),
                "width": integer(256, 1440),
                "height": integer(256, 1440),
                "prompt_upsampling": flag(False),
                "seed": seed(),
                "safety_tolerance": integer(1, 6, 2),
                "output_format": one_of(WEBP_JPG_PNG, "webp"),
                "output_quality": integer(0, 100, 80),
            },
            ("prompt",),
        ),
        picture(
            "black-forest-labs/flux-1.1-pro-ultra",
            "FLUX1.1 [pro] in ultra and raw modes, up to 4 megapixels",
            {
                "prompt": text("Text prompt for image generation"),
                "image_prompt": uri("Image to use with Flux Redux", nullable=True),
                "image_prompt_strength": fraction(0, 1, 0.1),
                "aspect_ratio": one_of(classic_ratios, "1:1"),
                "raw": flag(False),
                "seed": seed(),
                "safety_tolerance": integer(1, 6, 2),
                "output_format": one_of(("jpg", "png"), "jpg"),
            },
            ("prompt",),
            seconds=12,
        ),
        picture(
            "black-forest-labs/flux-dev",
            "A 12 billion parameter rectified flow transformer",
            {
                **many,
                "image": uri("Input image for image to image mode", nullable=True),
                "prompt_strength": fraction(0, 1, 0.8),
                "num_inference_steps": integer(1, 50, 28),
                "guidance": fraction(0, 10, 3),
            },
            ("prompt",),
            shape="list",
            count_field="num_outputs",
            seconds=3,
        ),
        picture(
            "black-forest-labs/flux-schnell",
            "The fastest image generation model tailored for local development and personal use",
            {**many, "num_inference_steps": integer(1, 4, 4)},
            ("prompt",),
            shape="list",
            count_field="num_outputs",
            seconds=1,
        ),
        picture(
            "black-forest-labs/flux-fill-pro",
            "Professional inpainting and outpainting model",
            {
                "image": uri("The image to inpaint"),
                "mask": uri("Black areas are preserved, white areas are inpainted", nullable=True),
                "prompt": text("Text prompt for image generation"),
                "steps": integer(15, 50, 50),
                "guidance": fraction(1.5, 100, 60),
                "outpaint": one_of(
                    ("None", "Zoom out 1.5x", "Zoom out 2x", "Make square", "Left outpaint", "Right outpaint",
                     "Top outpaint", "Bottom outpaint"),
                    "None",
                ),
                "prompt_upsampling": flag(False),
                "seed": seed(),
                "safety_tolerance": integer(1, 6, 2),
                "output_format": one_of(("jpg", "png"), "jpg"),
            },
            ("prompt", "image"),
        ),
        picture("black-forest-labs/flux-2-pro", "High-quality generation and editing, up to eight references", two, ("prompt",)),
        picture("black-forest-labs/flux-2-max", "The highest fidelity image model from Black Forest Labs", two, ("prompt",), seconds=12),
        picture(
            "black-forest-labs/flux-2-dev",
            "Open-weight FLUX.2",
            {**two, "input_images": uris("Input images, at most 5", 5), "go_fast": flag(True)},
            ("prompt",),
        ),
    ]  # fmt: skip


def _other_pictures() -> list[HostedModel]:
    banana_ratios = (
        "match_input_image",
        "1:1",
        "2:3",
        "3:2",
        "3:4",
        "4:3",
        "4:5",
        "5:4",
        "9:16",
        "16:9",
        "21:9",
    )
    banana = {
        "prompt": text("A text description of the image you want to generate"),
        "image_input": uris("Input images to transform or use as reference", 14),
        "aspect_ratio": one_of(banana_ratios, "match_input_image"),
        "output_format": one_of(("jpg", "png"), "jpg"),
    }
    return [
        picture("google/nano-banana", "Google's image editing model", banana, ("prompt",), seconds=10),
        picture(
            "google/nano-banana-pro",
            "Google's state of the art image generation and editing model",
            {
                **banana,
                "resolution": one_of(("1K", "2K", "4K"), "2K"),
                "safety_filter_level": one_of(
                    ("block_low_and_above", "block_medium_and_above", "block_only_high"), "block_only_high"
                ),
            },
            ("prompt",),
            seconds=30,
        ),
        picture(
            "bytedance/seedream-4.5",
            "Text-to-image and editing up to 4K",
            {
                "prompt": text("Text prompt for image generation"),
                "image_input": uris("Input images, at most 14", 14),
                "size": one_of(("2K", "4K", "custom"), "2K"),
                "width": integer(1024, 4096, 2048),
                "height": integer(1024, 4096, 2048),
                "aspect_ratio": one_of(
                    ("match_input_image", "1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9"), "match_input_image"
                ),
                "sequential_image_generation": one_of(("disabled", "auto"), "disabled"),
                "max_images": integer(1, 15, 1),
            },
            ("prompt",),
            shape="list",
            seconds=15,
        ),
        picture(
            "qwen/qwen-image-edit-plus",
            "Multi-image editing",
            {
                "prompt": text("Text instruction on how to edit the given images"),
                "image": uris("Images to use as reference"),
                "aspect_ratio": one_of(("1:1", "16:9", "9:16", "4:3", "3:4", "match_input_image"), "match_input_image"),
                "go_fast": flag(True),
                "seed": seed(),
                "output_format": one_of(WEBP_JPG_PNG, "webp"),
                "output_quality": integer(0, 100, 95),
                "disable_safety_checker": flag(False),
            },
            ("prompt", "image"),
            shape="list",
        ),
        picture(
            "prunaai/p-image-edit",
            "Fast multi-image editing",
            {
                "prompt": text("What to change"),
                "images": uris("Images to edit or to refer to"),
                "aspect_ratio": one_of(("match_input_image", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"), "match_input_image"),
                "turbo": flag(True),
                "seed": seed(),
                "disable_safety_checker": flag(False),
            },
            ("prompt", "images"),
            seconds=1,
        ),
        picture(
            "stability-ai/sdxl",
            "A text-to-image generative AI model that creates beautiful images",
            {
                "prompt": text("Input prompt", "An astronaut riding a rainbow unicorn"),
                "negative_prompt": text("Negative prompt", ""),
                "image": uri("Input image for img2img or inpaint mode"),
                "mask": uri("Black areas will be preserved, white areas will be inpainted"),
                "width": integer(default=1024),
                "height": integer(default=1024),
                "num_outputs": integer(1, 4, 1),
                "num_inference_steps": integer(1, 500, 50),
                "guidance_scale": fraction(1, 50, 7.5),
                "prompt_strength": fraction(0, 1, 0.8),
                "seed": integer(),
            },
            (),
            official=False,
            shape="list",
            seconds=4,
            count_field="num_outputs",
            pinned=("39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",),
        ),
        picture(
            "nightmareai/real-esrgan",
            "Real-ESRGAN with optional face correction and adjustable upscale",
            {
                "image": uri("Input image"),
                "scale": fraction(0, 10, 4),
                "face_enhance": flag(False),
            },
            ("image",),
            official=False,
            seconds=1.8,
            pinned=(
                "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa",
                "42fed1c4974146d4d2414e2be2c5277c7fcf05fcc3a73abf41610695738c1d7b",
                "350d32041630ffbe63c8352783a26d94126809164e54085352f8326e53999085",
            ),
        ),
        picture(
            "tencentarc/gfpgan",
            "Practical face restoration",
            {
                "img": uri("Input"),
                "version": one_of(("v1.2", "v1.3", "v1.4", "RestoreFormer"), "v1.4"),
                "scale": fraction(default=2),
            },
            ("img",),
            official=False,
            seconds=2,
            pinned=("0fbacf7afc6c144e5be9767cff80f25aff23e52b0708f17e20f9879b2f21516c",),
        ),
        picture(
            "cuuupid/idm-vton",
            "Virtual try-on in the wild (non-commercial)",
            {
                "garm_img": uri("Garment, should match the category"),
                "human_img": uri("Model, if not 3:4 check crop"),
                "mask_img": uri("Mask, optional but speeds up processing", nullable=True),
                "garment_des": text("Description of garment e.g. Short Sleeve Round Neck T-shirt"),
                "category": one_of(("upper_body", "lower_body", "dresses"), "upper_body"),
                "crop": flag(False),
                "force_dc": flag(False),
                "mask_only": flag(False),
                "steps": integer(1, 40, 30),
                "seed": {**integer(default=42), "nullable": True},
            },
            ("garm_img", "human_img"),
            official=False,
            seconds=18,
            pinned=(
                "0513734a452173b8173e907e3a59d19a36266e55b48528559432bd21c7d7e985",
                "906425dbca90663ff5427624839572cc56ea7d380343d13e2a4c4b09d3f0c30f",
                "c871bb9b046607b680449ecbae55fd8c6d945e0a1948644bf2361b3d021d3ff4",
            ),
        ),
    ]  # fmt: skip


def pictures() -> list[HostedModel]:
    return [*_flux(), *kontext_apps(), *_other_pictures()]
