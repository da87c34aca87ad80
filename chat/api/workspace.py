"""The workspace."""

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import rules
from chat import serialize
from chat.api.asking import asker_of, given
from chat.api.operation import operation
from chat.services import workspace
from protocol import requests, resources
from protocol.errors import ErrorCode


class OneWorkspace(APIView):
    @operation(name="workspace_get", answers=resources.Workspace)
    def get(self, request: Request) -> resources.Workspace:  # noqa: ARG002 - DRF's signature
        """Return the workspace, and how one can come into it without an invite."""
        return serialize.workspace(workspace.current(), rules.current())

    @operation(
        name="workspace_change",
        answers=resources.Workspace,
        body=requests.WorkspaceChange,
        errors=[ErrorCode.FORBIDDEN],
        scope="admin",
    )
    def patch(self, request: Request, body: requests.WorkspaceChange) -> resources.Workspace:
        """Change the workspace's name, who may come in, who may call everyone. For its admins."""
        row, access = workspace.change(
            by=asker_of(request).pk,
            name=given(body.name),
            sign_up=given(body.sign_up),
            email_domains=given(body.email_domains),
            broad_mentions=given(body.broad_mentions),
        )
        return serialize.workspace(row, access)
