"""The institution that the practice LMS plays: its courses and its people (invented)."""

from __future__ import annotations

from dataclasses import dataclass

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@dataclass(frozen=True)
class Person:
    id: str
    given_name: str
    family_name: str
    is_teacher: bool
    locale: str
    group: str | None = None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def roles(self) -> list[str]:
        return [MEMBERSHIP + ("Instructor" if self.is_teacher else "Learner")]


COURSE_ID = "sse-2026"
#: The next year's course begins as a copy of the first.
COPY_ID = "sse-2027"
COURSES = {
    COURSE_ID: "Managing a social and solidarity economy organisation",
    COPY_ID: "Managing a social and solidarity economy organisation, 2027",
}
PEOPLE = {
    person.id: person
    for person in (
        Person("leila", "Leïla", "Haddad", True, "en"),
        Person("marc", "Marc", "Fabre", False, "fr", "monday"),
        Person("amina", "Amina", "Ben Salah", False, "ar", "monday"),
        Person("eleni", "Eleni", "Vlachou", False, "en", "thursday"),
        Person("karim", "Karim", "Trabelsi", False, "fr", "thursday"),
        Person("salma", "Salma", "El Amrani", False, "ar"),
    )
}
#: Groups by id, and the set that they belong to. Who is in none came late.
GROUPS = {"monday": "Monday group", "thursday": "Thursday group"}
GROUP_SET = ("workshops", "Workshops")
