"""What a process may open."""

import resource

from realtime import listening


def test_a_process_may_open_what_the_system_allows() -> None:
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        allowed = listening.allow_many_sockets()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (allowed, hard)
        assert allowed == min(hard, listening.DESCRIPTORS_MAX)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
