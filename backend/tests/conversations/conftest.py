from tests.tasks.conftest import records as records
