"""What is a face and what only looks like one."""

import drawn_pairs
import drawn_people
import numpy as np

from bottega.fashion.person.faces import find_faces


def test_checked_cloth_under_a_face_is_no_second_person() -> None:
    figure = drawn_pairs.pairs(1, 777)[0].person
    faces = find_faces(figure.rgb)
    assert len(faces) == 1
    assert faces[0].box[1] < figure.chin[1]


def test_a_smaller_person_before_another_counts() -> None:
    figure = drawn_people.draw(drawn_people.Figure(head_px=190, chin=(0.5, 0.25)))
    child = drawn_people.draw(drawn_people.Figure(head_px=130, chin=(0.5, 0.5), top_rgb=(190, 60, 60)))
    both = np.where(child.silhouette[..., None] > 0.5, child.rgb, figure.rgb)
    assert len(find_faces(both)) == 2
