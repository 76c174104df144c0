"""Colour advice: measured skin, hair and eyes to undertone, contrast, season and palette, or "cannot tell" with a reason."""

from bottega.fashion.colours import hex_of
from bottega.fashion.person.values import PersonParse
from bottega.fashion.skin import measure_eyes, measure_hair, measure_skin
from bottega.fashion.skin_light import Light
from bottega.fashion.style.seasons import SURE, Axes, axes_of, season, season_chances
from bottega.fashion.style.values import CANNOT_TELL, ColorAnalysis
from bottega.imaging.picture import U8

RETAKE = "Take the photo by a window in daylight, before a plain white wall, without strong lamps or filters."


def analyse_colour(rgb: U8, person: PersonParse, light: Light) -> ColorAnalysis:
    """The colours of the person in `rgb` (H x W x 3 uint8) under `light`; no season without a measured skin."""
    skin = measure_skin(rgb, person, light)
    hair, eyes = measure_hair(rgb, person, light), measure_eyes(rgb, person, light)
    seen = {
        "hair": hair.name,
        "hair_hex": hex_of(hair.lab) if hair.lab else None,
        "eyes": eyes.name,
        "eyes_hex": hex_of(eyes.lab) if eyes.lab else None,
        "references": light.references,
    }
    if not skin.known or skin.lab is None:
        return ColorAnalysis.model_validate({**seen, "reason": skin.reason or CANNOT_TELL})
    axes = axes_of(skin, hair, eyes)
    chances = season_chances(axes)
    best = next(iter(chances))
    entry = season(best)
    undertone = skin.undertone or "neutral"
    near = tuple(name for name in list(chances)[1:] if chances[name] > 0.6 * chances[best])[:2]
    return ColorAnalysis.model_validate(
        {
            **seen,
            "skin_tone": undertone,
            "best_colors": tuple(one for one in entry.swatches if one.use != "harder"),
            "colors_to_avoid": tuple(one for one in entry.swatches if one.use == "harder"),
            "seasonal_palette": entry.family,
            "season": best,
            "season_title": entry.title,
            "also_possible": near,
            "seasons": chances,
            "undertones": skin.undertones,
            "axes": {
                "warmth": round(axes.warmth, 3),
                "value": round(axes.value, 3),
                "clarity": round(axes.clarity, 3),
            },
            "contrast": _contrast(axes) if hair.lab else None,
            "depth": "light" if axes.value > 0.4 else "deep" if axes.value < -0.4 else "medium",
            "metals": entry.metals,
            "ita_deg": skin.ita_deg,
            "ita_sd_deg": skin.ita_sd_deg,
            "skin_hex": hex_of(skin.lab),
            "confidence": _confidence(chances[best], light, hair.lab is not None),
            "reason": _reason(chances[best], near, light),
        }
    )


def _contrast(axes: Axes) -> str:
    return "high" if axes.contrast > 52 else "medium" if axes.contrast > 30 else "low"


def _confidence(chance: float, light: Light, hair: bool) -> float:
    """The season's own probability, less where the light rests on the eyes alone or the hair is not seen."""
    return round(
        min(0.95, chance + 0.25) * (1.0 if "backdrop" in light.references else 0.7) * (1.0 if hair else 0.8),
        3,
    )


def _reason(chance: float, near: tuple[str, ...], light: Light) -> str:
    by = " and ".join(
        {"backdrop": "the backdrop", "eyes": "the whites of the eyes"}.get(name, f"the {name}")
        for name in light.references
    )
    said = f"The light was judged by {by}."
    if chance < SURE and near:
        said += f" It lies near {' and '.join(name.replace('_', ' ') for name in near)} too."
    return said
