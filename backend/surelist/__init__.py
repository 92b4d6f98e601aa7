"""One task list that a person and all of their AI agents share."""
