"""What the database itself refuses, whoever asks. Codes BA031-BA037; BA038 stands with the tickets."""

from __future__ import annotations

import pgtrigger

from kernel.db import Guard


class PublishedVersionStands(Guard):
    """A published version is never edited or deleted (BA031): requests run on it. Only its withdrawal is written."""

    name = "published_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.published_at IS NULL THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR (NEW.service_id, NEW.number, NEW.title_ar, NEW.title_en, NEW.definition,
                NEW.in_force_from, NEW.published_at, NEW.published_by_id)
            IS DISTINCT FROM (OLD.service_id, OLD.number, OLD.title_ar, OLD.title_en, OLD.definition,
                OLD.in_force_from, OLD.published_at, OLD.published_by_id)
        THEN
            RAISE EXCEPTION 'version % of a service is published and cannot be rewritten', OLD.number
                USING ERRCODE = 'BA031';
        END IF;
        RETURN NEW;
    """


class RequestStands(Guard):
    """What the citizen was given stays (BA032): number, service and date from submission on; from the decision on
    also what was asked, by whom, and the decision itself. A closed request opens no more. Only a draft is deleted.
    """

    name = "request_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.submitted_at IS NULL THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'request % was submitted and cannot be deleted', OLD.number USING ERRCODE = 'BA032';
        END IF;
        IF (NEW.number, NEW.number_year, NEW.number_seq, NEW.service_version_id, NEW.submitted_at, NEW.channel)
            IS DISTINCT FROM
           (OLD.number, OLD.number_year, OLD.number_seq, OLD.service_version_id, OLD.submitted_at, OLD.channel)
        THEN
            RAISE EXCEPTION 'what was submitted as % cannot be rewritten', OLD.number USING ERRCODE = 'BA032';
        END IF;
        IF OLD.decided_at IS NOT NULL AND
            (NEW.answers, NEW.applicant_id, NEW.beneficiary_id, NEW.agent_id, NEW.land_unit_id, NEW.premises_id,
             NEW.decision, NEW.decided_at, NEW.decided_by_id, NEW.decision_reason_code, NEW.decision_reason)
            IS DISTINCT FROM
            (OLD.answers, OLD.applicant_id, OLD.beneficiary_id, OLD.agent_id, OLD.land_unit_id, OLD.premises_id,
             OLD.decision, OLD.decided_at, OLD.decided_by_id, OLD.decision_reason_code, OLD.decision_reason)
        THEN
            RAISE EXCEPTION 'request % was decided and cannot be rewritten', OLD.number USING ERRCODE = 'BA032';
        END IF;
        IF OLD.state <> NEW.state AND (OLD.state IN ('cancelled', 'archived')
            OR (OLD.state = 'completed' AND NEW.state <> 'archived') OR NEW.state = 'draft')
        THEN
            RAISE EXCEPTION 'request % is % and cannot become %', OLD.number, OLD.state, NEW.state
                USING ERRCODE = 'BA032';
        END IF;
        RETURN NEW;
    """


class StepDoneOnce(Guard):
    """A step that is done or not needed stays so (BA033); doing it again is a new round, a new row."""

    name = "step_done_once"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'steps of a route are not deleted' USING ERRCODE = 'BA033';
        END IF;
        IF OLD.state IN ('done', 'skipped') THEN
            RAISE EXCEPTION 'step % is % and cannot be changed', OLD.code, OLD.state USING ERRCODE = 'BA033';
        END IF;
        IF (NEW.request_id, NEW.code, NEW.round, NEW.stage) IS DISTINCT FROM
           (OLD.request_id, OLD.code, OLD.round, OLD.stage)
        THEN
            RAISE EXCEPTION 'step % keeps its place on the route', OLD.code USING ERRCODE = 'BA033';
        END IF;
        RETURN NEW;
    """


class PaperStands(Guard):
    """What was handed in stays (BA034): another paper is another row. Only a draft's papers are removed."""

    name = "paper_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("submitted", "timestamptz")]  # noqa: RUF012  pgtrigger reads it from the instance
    func = """
        IF TG_OP = 'DELETE' THEN
            EXECUTE format('SELECT submitted_at FROM %I.frontdesk_request WHERE id = $1', TG_TABLE_SCHEMA)
                INTO submitted USING OLD.request_id;
            IF submitted IS NOT NULL THEN
                RAISE EXCEPTION 'papers of a submitted request are not removed' USING ERRCODE = 'BA034';
            END IF;
            RETURN OLD;
        END IF;
        IF (NEW.request_id, NEW.requirement, NEW.document_type, NEW.file_id, NEW.reused_from_id) IS DISTINCT FROM
           (OLD.request_id, OLD.requirement, OLD.document_type, OLD.file_id, OLD.reused_from_id)
        THEN
            RAISE EXCEPTION 'a paper that was handed in is not exchanged in place' USING ERRCODE = 'BA034';
        END IF;
        RETURN NEW;
    """


class FeeStands(Guard):
    """A fee that was charged keeps its amount (BA035); settlement may only be taken back whole."""

    name = "fee_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' AND OLD.charge_uid IS NULL THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'DELETE' OR (OLD.charge_uid IS NOT NULL AND (NEW.amount, NEW.currency, NEW.charge_uid)
            IS DISTINCT FROM (OLD.amount, OLD.currency, OLD.charge_uid))
            OR (OLD.settled_at IS NOT NULL AND NEW.settled_at IS NOT NULL AND NEW.settled_at <> OLD.settled_at)
        THEN
            RAISE EXCEPTION 'fee % was charged and cannot be rewritten', OLD.code USING ERRCODE = 'BA035';
        END IF;
        RETURN NEW;
    """


class PauseEndsOnce(Guard):
    """A pause ends once; its beginning and its end stay as they were written (BA036)."""

    name = "pause_ends_once"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR (NEW.request_id, NEW.step_id, NEW.kind, NEW.started_on)
            IS DISTINCT FROM (OLD.request_id, OLD.step_id, OLD.kind, OLD.started_on)
        THEN
            RAISE EXCEPTION 'a pause of the clock is not rewritten' USING ERRCODE = 'BA036';
        END IF;
        RETURN NEW;
    """


class SessionStands(Guard):
    """A closed session is not rewritten or deleted (BA037); its printed minutes are added, then the signed sheet."""

    name = "session_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF OLD.state <> 'closed' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR OLD.signed_id IS NOT NULL
            OR (OLD.minutes_id IS NULL AND NEW.signed_id IS NOT NULL)
            OR (OLD.minutes_id IS NOT NULL AND (NEW.signed_id IS NULL
                OR (NEW.minutes_id, NEW.place, NEW.closed_by_name)
                    IS DISTINCT FROM (OLD.minutes_id, OLD.place, OLD.closed_by_name)))
            OR (NEW.section_id, NEW.number, NEW.held_on, NEW.state,
                NEW.quorum, NEW.members, NEW.agenda, NEW.closed_at)
            IS DISTINCT FROM (OLD.section_id, OLD.number, OLD.held_on, OLD.state,
                OLD.quorum, OLD.members, OLD.agenda, OLD.closed_at)
        THEN
            RAISE EXCEPTION 'session % is closed and cannot be rewritten', OLD.number USING ERRCODE = 'BA037';
        END IF;
        RETURN NEW;
    """


class HandOverStands(Guard):
    """Who received what is proof (BA061): it is neither rewritten nor deleted. Only a scan of the signed receipt is added."""

    name = "hand_over_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (OLD.signature_id IS NOT NULL AND NEW.signature_id IS DISTINCT FROM OLD.signature_id)
            OR (NEW.request_id, NEW.recipient, NEW.recipient_name, NEW.recipient_id_number, NEW.authority, NEW.handed_at)
            IS DISTINCT FROM
            (OLD.request_id, OLD.recipient, OLD.recipient_name, OLD.recipient_id_number, OLD.authority, OLD.handed_at)
        THEN
            RAISE EXCEPTION 'a hand-over is proof and is not rewritten' USING ERRCODE = 'BA061';
        END IF;
        RETURN NEW;
    """
