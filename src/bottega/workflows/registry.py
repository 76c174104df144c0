"""The list of workflows: adding one is adding a file beside this one and a line here."""

from bottega.domain.intent import Intent
from bottega.errors import WorkflowUnknown
from bottega.workflows.hair_styling import HairStyling
from bottega.workflows.image_editing import ImageEditing
from bottega.workflows.image_enhancement import ImageEnhancement
from bottega.workflows.image_generation import ImageGeneration
from bottega.workflows.image_to_video import ImageToVideo
from bottega.workflows.laser import Laser
from bottega.workflows.outfit import Outfit
from bottega.workflows.protocol import Workflow
from bottega.workflows.reference_styling import ReferenceStyling
from bottega.workflows.style_advice import StyleAdvice
from bottega.workflows.style_transfer import StyleTransfer
from bottega.workflows.text_to_video import TextToVideo
from bottega.workflows.video_enhancement import VideoEnhancement
from bottega.workflows.video_generation import VideoGeneration
from bottega.workflows.virtual_tryon import VirtualTryOn

__all__ = ["Workflow", "all_workflows", "find_workflow", "workflow_for"]


def all_workflows() -> dict[str, Workflow]:
    """Every workflow by name."""
    workflows: list[Workflow] = [
        ImageGeneration(),
        ImageEditing(),
        ImageEnhancement(),
        StyleTransfer(),
        ImageToVideo(),
        TextToVideo(),
        VideoGeneration(),
        VideoEnhancement(),
        HairStyling(),
        ReferenceStyling(),
        VirtualTryOn(),
        StyleAdvice(),
        Outfit(),
        Laser(),
    ]
    return {workflow.name: workflow for workflow in workflows}


def find_workflow(workflows: dict[str, Workflow], name: str) -> Workflow:
    """The workflow of that name. Raises WorkflowUnknown, which lists the ones there are."""
    if name not in workflows:
        raise WorkflowUnknown(
            f"There is no workflow {name!r} here.", hint=f"There are: {', '.join(sorted(workflows))}."
        )
    return workflows[name]


def workflow_for(workflows: dict[str, Workflow], intent: Intent) -> Workflow:
    """The workflow that an intent maps to: that of its sub-kind, else that of its class."""
    names = [f"{intent.workflow}/{intent.subkind}", str(intent.workflow)]
    for name in names:
        if name in workflows:
            return workflows[name]
    raise WorkflowUnknown(
        f"This reads like {str(intent.workflow).replace('_', ' ')}, which this installation cannot do yet.",
        hint=f"It can do: {', '.join(sorted(workflows))}. If the reading is wrong, name the workflow yourself.",
    )
