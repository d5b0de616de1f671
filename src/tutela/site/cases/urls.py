"""The addresses of children's files."""

from __future__ import annotations

from django.urls import path

from tutela.site.cases import views

_FILE = "cases/<uuid:file_id>/"

pages = [
    path("cases/", views.my_files, name="files"),
    path("cases/new/", views.new, name="new"),
    path(_FILE, views.file, name="file"),
    path(f"{_FILE}identity/", views.identity, name="identity"),
    path(f"{_FILE}situation/", views.change_situation, name="situation"),
    path(f"{_FILE}record/<slug:event>/", views.record, name="record"),
    path(f"{_FILE}happenings/<uuid:happening_id>/withdraw/", views.withdraw, name="withdraw"),
    path(f"{_FILE}people/", views.add_person, name="add_person"),
    path(f"{_FILE}people/<uuid:person_id>/cut-off/", views.cut_off, name="cut_off"),
    path(f"{_FILE}tasks/", views.add_task, name="add_task"),
    path(f"{_FILE}tasks/<uuid:task_id>/done/", views.finish_task, name="finish_task"),
    path(f"{_FILE}workers/", views.assign, name="assign"),
    path(f"{_FILE}workers/<uuid:user_id>/end/", views.end_assignment, name="end_assignment"),
    path(f"{_FILE}close/", views.close, name="close"),
]
