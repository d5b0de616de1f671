"""The addresses of the desk, under `desk/`."""

from __future__ import annotations

from django.urls import path

from tutela.site.reports import desk_views as views
from tutela.site.reports import receiving_views

_REPORT = "reports/<uuid:report_id>/"

pages = [
    path("queue/", views.queue, name="queue"),
    path("call/", views.call, name="call"),
    path("figures/", views.figures, name="figures"),
    path(_REPORT, views.report, name="report"),
    path(f"{_REPORT}<slug:what>/", views.act, name="act"),
    path(f"{_REPORT}approve/<uuid:note_id>/", views.approve, name="approve"),
    path(f"{_REPORT}closing/agree/", views.agree, name="agree"),
    path(f"{_REPORT}addresses/<uuid:address_id>/gone/", views.gone, name="gone"),
    path(f"{_REPORT}handovers/<uuid:handover_id>/code/", views.code, name="code"),
    path("received/", receiving_views.received, name="received"),
    path("received/<uuid:handover_id>/", receiving_views.handover, name="handover"),
]
