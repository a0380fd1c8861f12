"""A column for a text that one process writes and somebody else reads later, each in their own language."""

import json
from typing import Any

from django.db import models
from django.utils.functional import Promise

from common.sentences import KEYS, Sentence, in_readers_words, kept

BEGINS = '{"text": '  # what is kept of a sentence; a text of somebody else's that begins so is kept as one
WORD_FOR_WORD = "%(said)s"
SHORTEST = 20  # signs that are left of a datum at least when a sentence is too long for its column


class KeptTextField(models.CharField):
    """A `Sentence` is kept as its code and data and read in the language of whoever reads; any other text stays.

    What is too long for the column is cut: of a sentence its longest data, so that it is still known by its code.
    """

    def deconstruct(self):
        """For migrations it is the column that it was."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """In the language of this moment."""
        if value is None or not value.startswith(BEGINS):
            return value
        try:
            keeps = json.loads(value)
        except ValueError:
            return value
        return in_readers_words(keeps) if keeps.keys() == KEYS else value

    def get_prep_value(self, value: Any) -> str | None:
        """As the column holds it."""
        if isinstance(value, Promise):
            value = Sentence(kept(value)["text"])
        if isinstance(value, str) and (isinstance(value, Sentence) or value.startswith(BEGINS)):
            return self._fitting(value if isinstance(value, Sentence) else Sentence(WORD_FOR_WORD, {"said": value}))
        text = super().get_prep_value(value)
        return text[: self.max_length] if isinstance(text, str) else text

    def _fitting(self, said: Sentence) -> str:
        """Its code and data, with less of the longest datum until they fit; else its words, cut."""
        keeps = kept(said)
        data = keeps["data"]
        while len(text := json.dumps(keeps, ensure_ascii=False)) > self.max_length:
            texts = [name for name in data if isinstance(data[name], str)]
            long = max(texts, key=lambda name: len(data[name]), default="")
            if not long or len(data[long]) <= SHORTEST:
                return str(said)[: self.max_length]
            data[long] = data[long][: max(SHORTEST, len(data[long]) - (len(text) - self.max_length))]
        return text
