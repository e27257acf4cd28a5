"""Pages for anybody: the service guide, requests on the web, tracking, appointments, and the hall."""

from django.urls import path

from modules.frontdesk.pages import (
    appointments_public,
    citizen,
    citizen_code,
    dues,
    hall_public,
    hall_take,
    mine,
    online,
)

app_name = "frontdesk-citizen"
urlpatterns = [
    path("", citizen.guide, name="guide"),
    path("services/<str:code>", citizen.service, name="service"),
    path("services/<str:code>/apply", citizen_code.apply, name="apply"),
    path("hall", hall_public.screen, name="screen"),
    path("hall/take", hall_take.take, name="ticket-take"),
    path("hall/<uuid:uid>/give-up", hall_take.give_up_page, name="ticket-give-up"),
    path("hall/<uuid:uid>", hall_public.ticket, name="ticket"),
    path("dues", dues.dues, name="dues"),
    path("rate", citizen.rate, name="rate"),
    path("track", citizen.track, name="track"),
    path("find", citizen_code.find, name="find"),
    path("phone", citizen_code.phone, name="phone"),
    path("code", citizen_code.code, name="code"),
    path("code/again", citizen_code.code_again, name="code-again"),
    path("leave", citizen_code.leave, name="leave"),
    path("online/<uuid:uid>", online.online, name="online"),
    path("online/<uuid:uid>/who", online.who, name="online-who"),
    path("online/<uuid:uid>/standing", online.standing, name="online-standing"),
    path("online/<uuid:uid>/form", online.fill, name="online-form"),
    path("online/<uuid:uid>/papers", online.papers, name="online-papers"),
    path("online/<uuid:uid>/papers/<uuid:paper>/out", online.paper_out, name="online-paper-out"),
    path("online/<uuid:uid>/check", online.check, name="online-check"),
    path("requests/<uuid:uid>", mine.mine, name="mine"),
    path("requests/<uuid:uid>/write", mine.write, name="write"),
    path("requests/<uuid:uid>/mend", mine.mend, name="mend"),
    path("requests/<uuid:uid>/mend/<uuid:deficiency>", mine.bring, name="bring"),
    path("appointments", appointments_public.slots, name="slots"),
    path("appointments/mine", appointments_public.mine, name="appointments"),
    path("appointments/new/<str:name>", appointments_public.days, name="slot-days"),
    path("appointments/new/<str:name>/<str:day>", appointments_public.times, name="slot-times"),
    path("appointments/<uuid:uid>", appointments_public.appointment, name="appointment"),
    path("appointments/<uuid:uid>/move", appointments_public.move_page, name="appointment-move"),
    path(
        "appointments/<uuid:uid>/cancel", appointments_public.cancel_page, name="appointment-cancel"
    ),
]
