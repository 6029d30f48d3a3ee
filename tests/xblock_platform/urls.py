"""URLs: ours at the root, lti_consumer's below `api/`, where Open edX mounts them."""

from django.urls import include, path

from xblock_platform import views

urlpatterns = [
    path("launch", views.launch),
    path("grades", views.grades),
    path("tool", views.tool),
    path("api/", include("lti_consumer.plugin.urls")),
]
