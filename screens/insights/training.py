"""The part of Insights that learns weights: beside everything else, with its progress on the line."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING

from textual import getters, on
from textual.content import Content
from textual.widgets import Static

from dispatch.matching.row_types import LessonRow
from models.errors import DeskError
from screens.base.keys import key_of
from screens.base.message_log import News
from screens.base.messages import Progressed
from screens.insights.sections import TEXTS
from screens.matching.panels import training_panel
from screens.matching.training import TrainingRun
from screens.shell.desk_screen import Place

if TYPE_CHECKING:
    from dispatch.matching.learning.version_store import Lesson


class Training(Place):
    """A place of sections in which a training is started and stopped."""

    hint = getters.query_one("#hint", Static)
    _training: TrainingRun | None = None
    _section: str

    @abstractmethod
    def _mark_section(self) -> None:
        """Show which section this is, and how to go on."""

    @abstractmethod
    def _use(self, name: str) -> None:
        """Score by the weights of a name."""

    def action_train(self) -> None:
        """Start a training, or stop it; in a text a letter may be a slip, so that it asks first."""
        if self._training is not None and not self._training.has_ended:
            self._training.stop()
        elif self._section in TEXTS:
            self.host.ask_again("insights.train", "learn weights from past outcomes", self._train)
        else:
            self._train()

    def _train(self) -> None:
        run = self._training = TrainingRun(self._report, self.backend.closing)
        desk = self.backend.desk
        self._show_training("beginning…")

        def studied(lesson: Lesson) -> None:
            self.host.perform(lambda desk: run.keep(desk, lesson), self._trained, self._untrained)

        self.host.ask(lambda: run.study(desk), studied, self._untrained, beside=True)

    def _report(self, text: str) -> None:
        """Post the progress; called in the training's thread."""
        self.post_message(Progressed(text))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._training is not None:
            self._show_training(message.text)

    def _show_training(self, text: str) -> None:
        line = f" Training, {text}  ({key_of(self.app, 'insights.train')} stops it)"
        self.hint.update(Content(line))

    def _trained(self, row: LessonRow) -> None:
        self._over()
        if self.app.screen is self:
            self.open(training_panel(row, partial(self._use, str(row["version"]))))
        else:
            one = f"Training done: version {row['version']}. {row['sentence']}"
            self.host.announce(News("training", one, "trainings done: versions", (row["version"] or 0,)))

    def _untrained(self, error: DeskError) -> None:
        self._over()
        self.host.report(error)

    def _over(self) -> None:
        self._training = None
        self._mark_section()
