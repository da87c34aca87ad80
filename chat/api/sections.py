"""The headings in one's sidebar."""

from rest_framework.request import Request
from rest_framework.views import APIView

from chat import inboxes, serialize_personal
from chat.api.asking import asker_of, given
from chat.api.operation import operation
from chat.api.paging import page_of
from chat.services import sections
from protocol import personal, resources
from protocol.errors import ErrorCode


class Sections(APIView):
    @operation(name="sections_list", answers=resources.Page[personal.Section])
    def get(self, request: Request) -> resources.Page[personal.Section]:
        """Return the headings of one's sidebar, all of them, in order."""
        rows = inboxes.sections(asker=asker_of(request))
        return page_of([serialize_personal.section(row) for row in rows], next_cursor=None)

    @operation(
        name="sections_create",
        answers=personal.Section,
        status=201,
        body=personal.NewSection,
        errors=[ErrorCode.NAME_TAKEN, ErrorCode.LIMIT_REACHED],
    )
    def post(self, request: Request, body: personal.NewSection) -> personal.Section:
        """Make a heading."""
        return serialize_personal.section(
            sections.create(user_id=asker_of(request).pk, name=body.name, position=body.position)
        )


class OneSection(APIView):
    @operation(
        name="sections_change",
        answers=personal.Section,
        path=["section_id"],
        body=personal.SectionChange,
        errors=[ErrorCode.NOT_FOUND, ErrorCode.NAME_TAKEN],
    )
    def patch(
        self, request: Request, section_id: int, body: personal.SectionChange
    ) -> personal.Section:
        """Rename, move or fold a heading."""
        return serialize_personal.section(
            sections.change(
                user_id=asker_of(request).pk,
                section_id=section_id,
                name=given(body.name),
                position=given(body.position),
                is_collapsed=given(body.is_collapsed),
            )
        )

    @operation(
        name="sections_delete",
        answers=None,
        status=204,
        path=["section_id"],
        errors=[ErrorCode.NOT_FOUND],
    )
    def delete(self, request: Request, section_id: int) -> None:
        """Take a heading away. What stood under it stands free."""
        sections.delete(user_id=asker_of(request).pk, section_id=section_id)
