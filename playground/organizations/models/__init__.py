"""Who uses Easel, through which connections, and what it cost."""

from playground.organizations.models.api_key import ApiKey
from playground.organizations.models.budget import Budget, Reservation
from playground.organizations.models.connection import Connection
from playground.organizations.models.invitation import Invitation
from playground.organizations.models.ledger import AuditEntry, DailyUsage, UsageEntry
from playground.organizations.models.organization import Membership, Organization
from playground.organizations.models.user import SignInLink, User

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Budget",
    "Connection",
    "DailyUsage",
    "Invitation",
    "Membership",
    "Organization",
    "Reservation",
    "SignInLink",
    "UsageEntry",
    "User",
]
