"""The paper by which somebody acts for another, beside the papers that the service itself asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from modules.frontdesk.constants import ActsBy
from modules.frontdesk.definitions.shapes import Need, Requirement, ServiceDefinition

PROOFS: Mapping[str, str] = {
    ActsBy.POWER: "power_of_attorney",
    ActsBy.INHERITANCE: "inheritance_deed",
}


def with_proof(design: ServiceDefinition, acts_by: str, *, must_show: bool) -> ServiceDefinition:
    """The service as it is asked by somebody who acts for another: their paper is among those it asks for.

    An agent shows a power of attorney; an heir shows the certificate of inheritance in its place. `must_show`: nobody
    has seen the original yet, so a picture of it is needed whatever the service says.
    """
    proof = PROOFS.get(acts_by)
    if proof is None:
        return design
    wanted = any(one.need == "with_agent" for one in design.papers if one.code in PROOFS.values())
    papers = tuple(one for one in design.papers if one.code == proof or not _is_proof_of_agent(one))
    if not any(one.code == proof for one in papers):
        need: Need = "with_agent" if must_show or wanted else "if_any"
        papers = (*papers, Requirement(proof, need))
    elif must_show:
        papers = tuple(
            replace(one, need="with_agent") if one.code == proof and one.need == "if_any" else one
            for one in papers
        )
    return replace(design, papers=papers)


def _is_proof_of_agent(one: Requirement) -> bool:
    return one.need == "with_agent" and one.code in PROOFS.values()
