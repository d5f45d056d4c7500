"""An organization's providers as the API's description tells them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class ProviderState(BaseModel):
    """Whether a provider is set up and can be used."""

    provider_name: str
    exists: bool
    is_active: bool
    has_credentials: bool
    can_be_used: bool


class Provider(BaseModel):
    """A connection, without its key."""

    provider_name: str
    kind: str
    is_active: bool
    has_credentials: bool
    provider_org_id: None
    provider_project_id: None
    base_url: str | None
    is_default_chat: bool
    is_default_image: bool
    created_at: str
    updated_at: str


class ProviderSaved(BaseModel):
    success: Literal[True]
    message: str
