from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from assistants_app.api.routes import routers as assistants_routers
from images_app.api.routes import routers as images_routers
from playground.api.document import router as document_router
from playground.api.instance import api
from playground.shell.views.errors import bad_request
from playground.shell.views.sign_in import admin_sign_in


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the server answers, to whatever watches it."""
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt
def no_such_url(request: HttpRequest) -> HttpResponse:
    """The API's root, where nothing is whatever the method; Ninja has a view there."""
    raise Http404


for router in [*images_routers, *assistants_routers, document_router]:
    api.add_router("", router)


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    # Pages without a link of their own to the icon (Django's admin) ask for this name.
    path("favicon.ico", RedirectView.as_view(url=static("favicon.svg"))),
    # Django's own form would be a way in without the limit on attempts.
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("settings/", include("playground.organizations.urls")),
    path("v1/", no_such_url),
    path("v1/", api.urls),
    path("api/", include("playground.api.urls")),
    path("images/", include("images_app.urls")),
    path("", include("playground.shell.urls")),
    path("", include("assistants_app.urls")),
]

handler400 = bad_request
