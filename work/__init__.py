"""What is done later and by itself: tasks that wait in the database, and the worker that does them.

    @task(max_attempts=5)
    def deliver(hook_id: int) -> None: ...

    deliver.enqueue(hook.pk)       # in the transaction of the row that it is about

A task may run twice (a worker can die after the work and before the note of it), so write it so
that a second run does no harm. `@every(hours=1)` runs a task again and again, once for all workers.
"""
