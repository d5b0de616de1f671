"""The address of the audit log."""

from __future__ import annotations

from django.urls import path

from tutela.site.audit import views

pages = [path("audit/", views.log, name="log")]
