"""Values of a block of the model, where it may have gaps."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats, Ints
from planner.model.build import Model
from planner.model.frame import Measure


def dense(index: Ints, solution: Floats) -> Floats:
    """Values in the shape of a block, 0 where it has no variable."""
    return np.where(index >= 0, solution[index], 0.0)


def drawn(model: Model, solution: Floats, measure: Measure) -> Floats:
    """[L, T] what all that was posted of a measure comes to."""
    post, shape = model.frame.posted(measure), (len(model.inputs.sites), len(model.inputs.periods))
    flat = np.bincount(post.sites * shape[1] + post.periods, weights=post.values * solution[post.columns], minlength=shape[0] * shape[1])
    return flat.astype(np.float64).reshape(shape)
