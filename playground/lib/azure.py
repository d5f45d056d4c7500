"""Azure OpenAI's two ways to write an address. Pure, for chat and pictures alike.

- `https://RES.openai.azure.com`, with or without `/openai/v1`: the model in a request's
  body is the name of a deployment.
- `https://RES.openai.azure.com/openai/deployments` or `…/deployments/NAME`: the
  deployment stands in the path (without NAME it is the model's name) and the call needs
  an `api-version`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

API_VERSION = "2025-04-01-preview"
"""The version that is asked for where the connection names none: the first one whose
deployments take edits of pictures."""

DEPLOYMENTS = "/openai/deployments"


@dataclass(frozen=True)
class AzureAddress:
    """What a call's URL is made of; `resource` is where the list of models is.

    `by_path` says that the deployment stands in the path, `deployment` is its name if
    the address names it.
    """

    base_url: str
    resource: str
    by_path: bool = False
    deployment: str = ""
    query: Mapping[str, str] = field(default_factory=dict)

    def path(self, path: str, model: str) -> str:
        """What follows `base_url`, without the query, for a path like `/images/edits`."""
        if not self.by_path:
            return path
        return f"/deployments/{quote(self.deployment or model, safe='')}{path}"


def read_azure_address(base_url: str, api_version: str = "") -> AzureAddress:
    """The address that an admin typed, taken apart."""
    base_url = base_url.rstrip("/")
    parts = urlsplit(base_url)
    before, found, after = base_url.partition(DEPLOYMENTS)
    if found and after[:1] in {"", "/"}:
        return AzureAddress(
            base_url=f"{before}/openai",
            resource=before,
            by_path=True,
            deployment=after.strip("/"),
            query={"api-version": api_version or API_VERSION},
        )
    resource = base_url.removesuffix("/v1").removesuffix("/openai")
    is_short = parts.path.rstrip("/") in {"", "/openai"}
    return AzureAddress(
        base_url=f"{resource}/openai/v1" if is_short else base_url,
        resource=resource,
        query={"api-version": api_version} if api_version else {},
    )
