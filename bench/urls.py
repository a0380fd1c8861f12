"""The platform's addresses and the bare application's, served by the same processes."""

from django.urls import path

from bench.bare import views
from config.urls import urlpatterns as platform

urlpatterns = [
    *platform,
    path("bare/refunds/", views.OpenRefund.as_view()),
    path("bare/refunds/<uuid:pk>/approve/", views.ApproveRefund.as_view()),
    path("bare/refunds/<uuid:pk>/settle/", views.SettleRefund.as_view()),
]
