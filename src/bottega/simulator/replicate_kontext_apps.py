"""The presets of flux-kontext-apps on the simulated Replicate, and what the FLUX Kontext models share."""

from collections.abc import Mapping
from typing import Any

from bottega.simulator.replicate_model import (
    JSON,
    HostedModel,
    flag,
    integer,
    one_of,
    picture,
    seed,
    text,
    uri,
    uris,
)

RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "21:9", "9:21", "2:1", "1:2")


def ratio(*extra: str, default: str, among: tuple[str, ...] = RATIOS) -> JSON:
    return one_of((*extra, *among), default)


KONTEXT_RATIO = ratio("match_input_image", default="match_input_image")
PNG_JPG = one_of(("png", "jpg"), "png")


def kontext_inputs(**own: JSON) -> dict[str, JSON]:
    """The inputs that every preset of flux-kontext-apps shares, after its own."""
    return {
        **own,
        "aspect_ratio": KONTEXT_RATIO,
        "seed": seed(),
        "output_format": PNG_JPG,
        "safety_tolerance": integer(0, 2, 2),
    }


_HAIRCUTS = (
    "No change", "Random", "Straight", "Wavy", "Curly", "Bob", "Pixie Cut", "Layered", "Messy Bun", "High Ponytail",
    "Low Ponytail", "Braided Ponytail", "French Braid", "Dutch Braid", "Fishtail Braid", "Space Buns", "Top Knot",
    "Undercut", "Mohawk", "Crew Cut", "Faux Hawk", "Slicked Back", "Side-Parted", "Center-Parted", "Blunt Bangs",
    "Side-Swept Bangs", "Shag", "Lob", "Angled Bob", "A-Line Bob", "Asymmetrical Bob", "Graduated Bob",
    "Inverted Bob", "Layered Shag", "Choppy Layers", "Razor Cut", "Perm", "Ombré", "Straightened", "Soft Waves",
    "Glamorous Waves", "Hollywood Waves", "Finger Waves", "Tousled", "Feathered", "Pageboy", "Pigtails",
    "Pin Curls", "Rollerset", "Twist Out", "Bantu Knots", "Dreadlocks", "Cornrows", "Box Braids", "Crochet Braids",
    "Double Dutch Braids", "French Fishtail Braid", "Waterfall Braid", "Rope Braid", "Heart Braid", "Halo Braid",
    "Crown Braid", "Braided Crown", "Bubble Braid", "Bubble Ponytail", "Ballerina Braids", "Milkmaid Braids",
    "Bohemian Braids", "Flat Twist", "Crown Twist", "Twisted Bun", "Twisted Half-Updo", "Twist and Pin Updo",
    "Chignon", "Simple Chignon", "Messy Chignon", "French Twist", "French Twist Updo", "French Roll", "Updo",
    "Messy Updo", "Knotted Updo", "Ballerina Bun", "Banana Clip Updo", "Beehive", "Bouffant", "Hair Bow",
    "Half-Up Top Knot", "Half-Up, Half-Down", "Messy Bun with a Headband", "Messy Bun with a Scarf",
    "Messy Fishtail Braid", "Sideswept Pixie", "Mohawk Fade", "Zig-Zag Part", "Victory Rolls",
)  # fmt: skip
_HAIR_COLORS = (
    "No change", "Random", "Blonde", "Brunette", "Black", "Dark Brown", "Medium Brown", "Light Brown", "Auburn",
    "Copper", "Red", "Strawberry Blonde", "Platinum Blonde", "Silver", "White", "Blue", "Purple", "Pink", "Green",
    "Blue-Black", "Golden Blonde", "Honey Blonde", "Caramel", "Chestnut", "Mahogany", "Burgundy", "Jet Black",
    "Ash Brown", "Ash Blonde", "Titanium", "Rose Gold",
)  # fmt: skip


def kontext_apps() -> list[HostedModel]:
    image = uri("Image to edit. Must be jpeg, png, gif, or webp.")
    gender = one_of(("none", "male", "female"), "none")
    pair = kontext_inputs(
        prompt=text("Text description of how to combine or transform the two input images"),
        input_image_1=uri("First input image"),
        input_image_2=uri("Second input image"),
    )
    pair_required = ("prompt", "input_image_1", "input_image_2")

    def app(
        name: str, description: str, inputs: Mapping[str, JSON], required: tuple[str, ...], **more: Any
    ) -> HostedModel:
        return picture(f"flux-kontext-apps/{name}", description, inputs, required, **more)

    single = ("input_image",)
    return [
        app("multi-image-kontext-pro", "Combine two images", pair, pair_required),
        app("multi-image-kontext-max", "Combine two images, premium", pair, pair_required, seconds=8),
        app(
            "multi-image-list",
            "Combine several images",
            kontext_inputs(prompt=text("What to do with the images"), input_images=uris("Input images")),
            ("prompt", "input_images"),
        ),
        app(
            "change-haircut",
            "Quickly change someone's hair style and hair color",
            kontext_inputs(
                input_image=image,
                haircut=one_of(_HAIRCUTS, "No change"),
                hair_color=one_of(_HAIR_COLORS, "No change"),
                gender=gender,
            ),
            single,
        ),
        app("restore-image", "Fix scratches and damage, and colorize old photos", {
            "input_image": image, "seed": seed(), "output_format": PNG_JPG, "safety_tolerance": integer(0, 2, 2),
        }, single),
        app("cartoonify", "Turn your image into a cartoon", kontext_inputs(input_image=image), single),
        app(
            "professional-headshot",
            "Create a professional headshot photo from any single image",
            kontext_inputs(
                input_image=image,
                gender=gender,
                background=one_of(("white", "black", "neutral", "gray", "office"), "neutral"),
            ),
            single,
        ),
        app(
            "face-to-many-kontext",
            "Become a character, in style",
            kontext_inputs(
                input_image=image,
                style=one_of(
                    ("Anime", "Cartoon", "Clay", "Gothic", "Graphic Novel", "Lego", "Memoji", "Minecraft", "Minimalist",
                     "Pixel Art", "Random", "Simpsons", "Sketch", "South Park", "Toy", "Watercolor"),
                    "Random",
                ),
                persona=one_of(
                    ("None", "Angel", "Astronaut", "Demon", "Mage", "Ninja", "Na'vi", "Random", "Robot", "Samurai", "Vampire",
                     "Werewolf", "Zombie"),
                    "None",
                ),
                num_images=integer(1, 10, 1),
                preserve_outfit=flag(False),
                preserve_background=flag(False),
            ),
            single,
            shape="list",
            count_field="num_images",
        ),
        app("depth-of-field", "Bring any photo into focus", kontext_inputs(input_image=image), single),
        app(
            "filters",
            "Apply photo filters",
            kontext_inputs(
                input_image=image,
                filter=one_of(("Random", "Black and white", "Cinematic", "Film", "Noir", "Sepia", "Vintage"), "Random"),
            ),
            single,
        ),
        app("renaissance", "Turn anyone into a Renaissance portrait", kontext_inputs(input_image=image), single),
        app(
            "portrait-series",
            "Create a series of portrait photos from a single image",
            kontext_inputs(
                input_image=image,
                num_images=integer(1, 13, 4),
                background=one_of(("white", "black", "gray", "green screen", "neutral", "original"), "white"),
                randomize_images=flag(True),
            ),
            single,
            shape="list",
            count_field="num_images",
        ),
        app("text-removal", "Remove all text from an image", kontext_inputs(input_image=image), single),
    ]  # fmt: skip
