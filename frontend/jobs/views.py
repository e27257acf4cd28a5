"""Long jobs: how far they are, and what came of them."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from frontend.pages import DeskRequest, page
from frontend.requests import wants_partial
from kernel.jobs.selectors import job_for, jobs_of

A_PAGE = 25


@page()
def jobs(request: DeskRequest) -> HttpResponse:
    pages = Paginator(jobs_of(request.viewer), A_PAGE)
    return render(
        request, "frontend/jobs/list.html", {"page": pages.get_page(request.GET.get("page"))}
    )


@page()
def job(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The job's page; while it runs htmx asks for its middle part every three seconds."""
    found = job_for(request.viewer, uid)
    template = "frontend/jobs/part.html" if wants_partial(request) else "frontend/jobs/job.html"
    return render(request, template, {"job": found})
