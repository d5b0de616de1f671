"""The front door's addresses, under a language."""

from __future__ import annotations

from django.urls import path

from tutela.site.reports import views

pages = [
    path("", views.doors, name="doors"),
    path("picture/", views.picture, name="picture"),
    path("leave/", views.leave, name="leave"),
    path("return/", views.come_back, name="return"),
    path("conversation/", views.conversation, name="conversation"),
    path("<slug:name>/send/", views.send, name="send"),
    path("<slug:name>/", views.door, name="door"),
]
