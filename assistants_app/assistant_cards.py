"""Assistants as the list shows them, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F

from assistants_app.models import Assistant, AssistantVersion
from assistants_app.services.chat_models import ModelState, chat_model_state
from playground.organizations.models import Organization, User

SHOWS = ("mine", "images")


@dataclass(frozen=True)
class Card:
    """One assistant, with the state of its model and who saved it last."""

    assistant: Assistant
    chat: ModelState
    saved: AssistantVersion | None
    run_count: int

    @property
    def draws(self) -> bool:
        return self.assistant.image_mode != "off"

    @property
    def function_names(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.assistant.function_tools]

    @property
    def words(self) -> str:
        """All that a search looks at."""
        texts = [
            self.assistant.name,
            self.assistant.description,
            self.assistant.model,
            self.chat.label,
            *self.function_names,
            "image_generation" if self.draws else "",
        ]
        return " ".join(texts).lower()


@dataclass(frozen=True)
class Shown:
    """Which cards the list holds."""

    show: str
    query: str
    user: User

    def has(self, card: Card) -> bool:
        if self.show == "mine" and card.assistant.created_by_id != self.user.pk:
            return False
        if self.show == "images" and not card.draws:
            return False
        return all(word in card.words for word in self.query.lower().split())


def cards_of(organization: Organization) -> list[Card]:
    """Every assistant of the organization that is in use, newest first."""
    # Counting drops the model's own order, so it is said here.
    assistants = list(
        organization.assistants.filter(deleted_at=None)
        .annotate(runs=Count("run"))
        .order_by("-created_at", "-pk")
    )
    saved = {
        version.assistant_id: version
        for version in AssistantVersion.objects.filter(
            assistant__in=assistants, number=F("assistant__version")
        )
        .select_related("created_by")
        .defer("snapshot")
    }
    states = {
        name: chat_model_state(organization, name)
        for name in {assistant.model for assistant in assistants}
    }
    return [Card(a, states[a.model], saved.get(a.pk), a.runs) for a in assistants]


def counted(cards: Sequence[Card], user: User) -> dict[str, int]:
    """How many there are for each choice of the filter."""
    return {
        "all": len(cards),
        "mine": sum(Shown("mine", "", user).has(card) for card in cards),
        "images": sum(card.draws for card in cards),
    }
