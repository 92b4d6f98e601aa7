from tests.person import Person


async def test_an_added_task_is_listed(ann: Person) -> None:
    added = await ann.call("add_task", title="Buy groceries")
    listed = await ann.call("list_tasks")
    assert (added["task_id"], added["status"], added["title"]) == (1, "created", "Buy groceries")
    assert [task["title"] for task in listed["tasks"]] == ["Buy groceries"]
