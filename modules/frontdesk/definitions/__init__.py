"""What a service is: typed, frozen, read from and written to JSON. Pure; no table, no request.

A version of a service keeps its definition as JSON; `read_definition` turns it into these values or refuses with
every fault at once, each with the path at which it stands.
"""

from modules.frontdesk.definitions.checking import check
from modules.frontdesk.definitions.faults import Fault
from modules.frontdesk.definitions.reading import read_definition, read_loosely, write_definition
from modules.frontdesk.definitions.shapes import (
    NO_WORDS,
    ApplicantRules,
    Band,
    Cell,
    Choice,
    Fee,
    Field,
    FormSection,
    Gates,
    Messages,
    Output,
    Requirement,
    ServiceDefinition,
    Stage,
    Step,
    Words,
)

__all__ = [
    "NO_WORDS",
    "ApplicantRules",
    "Band",
    "Cell",
    "Choice",
    "Fault",
    "Fee",
    "Field",
    "FormSection",
    "Gates",
    "Messages",
    "Output",
    "Requirement",
    "ServiceDefinition",
    "Stage",
    "Step",
    "Words",
    "check",
    "read_definition",
    "read_loosely",
    "write_definition",
]
