"""Ratings: the negativity of a mention whose author gave one."""


def with_rating(text_score: float, rating: float | None) -> float:
    """Combine a text's negativity with its author's rating, which is the surer sign.

    Parameters
    ----------
    text_score
        Negativity of the text, 0 to 1.
    rating
        -1 (worst) to 1 (best); None where the source gives none.

    Returns
    -------
    float
        Negativity, 0 to 1: three parts rating to one part text.

    Examples
    --------
    >>> with_rating(0.4, None), with_rating(0.4, -1.0), with_rating(0.4, 1.0)
    (0.4, 0.85, 0.1)
    """
    if rating is None:
        return text_score
    return round((3 * (1 - min(max(rating, -1.0), 1.0)) / 2 + text_score) / 4, 4)
