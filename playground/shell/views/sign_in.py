"""The ways in and out: password form, one-time links, sign-out, password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from playground.lib.address import is_loopback
from playground.organizations.models import User
from playground.organizations.services.sign_in import (
    DeadLinkError,
    find_sign_in_link,
    use_sign_in_link,
)
from playground.shell import attempts
from playground.shell.forms import PasswordForm, SignInForm

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    target = next_page(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = try_password(request, form)
        if user is not None:
            login(request, user)
            return redirect(target)
    status = 422 if form.errors else 200
    context = {"form": form, "next": target if target != "/" else ""}
    return render(request, "shell/sign_in.html", context, status=status)


def try_password(request: HttpRequest, form: SignInForm) -> User | None:
    """The user, or None with the reason on the form."""
    email, ip = form.cleaned_data["email"], request.META.get("REMOTE_ADDR", "")
    if minutes := attempts.take(email, ip):
        unit = "minute" if minutes == 1 else "minutes"
        form.add_error(
            None, f"Too many wrong passwords. Try again in {minutes} {unit}."
        )
        return None
    password = form.cleaned_data["password"]
    user = authenticate(request, username=email.lower(), password=password)
    if user is None:
        form.add_error(None, "Email and password do not belong together.")
        return None
    attempts.forget(email, ip)
    return user


def next_page(request: HttpRequest) -> str:
    """The page to go on to: one of this server, else the start page."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    own = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if own else "/"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Use the link up only for a person: browsers and chats also fetch what they see."""
    try:
        link = find_sign_in_link(token)
        if request.method == "POST" or is_navigation(request):
            login(request, use_sign_in_link(token), backend=BACKEND)
            response: HttpResponse = redirect("shell:home")
        elif is_speculative(request):
            response = HttpResponse(status=204)
        else:
            context = {"person": link.user}
            response = render(request, "shell/sign_in_link.html", context)
    except DeadLinkError:
        response = render(request, "shell/sign_in_link_dead.html", status=410)
    # The settings' policy holds: the link is told to nobody else. With "no-referrer" the
    # button's form would come with `Origin: null` and be refused.
    return response


def is_speculative(request: HttpRequest) -> bool:
    """Whether a browser fetches ahead of a click that may never come."""
    return any(
        word in request.headers.get(header, "").lower()
        for header in ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
        for word in ("prefetch", "prerender", "preview")
    )


def is_navigation(request: HttpRequest) -> bool:
    """Whether this is surely a person opening the link.

    Browsers say so, but over plain http only to this machine. Without their word, only
    a caller on this machine counts: no link previewer can reach a loopback address.
    """
    if request.method != "GET" or is_speculative(request):
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is None:
        return is_loopback(request.get_host())
    return mode == "navigate" and request.headers.get("Sec-Fetch-Dest") == "document"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("shell:sign_in")


@sensitive_post_parameters()
@login_required
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user.set_password(form.cleaned_data["new"])
        user.save(update_fields=["password"])
        update_session_auth_hash(request, user)
        messages.success(
            request, "Your password is set. Other browsers are signed out."
        )
        return redirect("shell:password")
    status = 422 if form.errors else 200
    return render(request, "shell/password.html", {"form": form}, status=status)


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django's admin asks for the same sign-in as every page."""
    if request.user.is_authenticated:
        raise PermissionDenied("The database admin is for staff only.")
    return redirect_to_login(request.GET.get("next", "/admin/"))
