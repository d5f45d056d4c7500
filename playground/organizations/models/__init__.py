"""Who uses Easel, through which connections, and what it cost."""

from playground.organizations.models.api_key import ApiKey
from playground.organizations.models.connection import Connection
from playground.organizations.models.ledger import AuditEntry, UsageEntry
from playground.organizations.models.organization import Membership, Organization
from playground.organizations.models.user import SignInLink, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Connection",
    "Membership",
    "Organization",
    "SignInLink",
    "UsageEntry",
    "User",
]
