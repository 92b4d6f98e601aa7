"""Gives a new user of a running server copies of another user's list, without a token:

python -m bench.lengthen DATA ORIGINAL USER TIMES
"""

import asyncio
import sys
from pathlib import Path

from bench.seeding import lengthen_list
from surelist.postgres.embedded import SUPERUSER, cluster

if __name__ == "__main__":
    data, original, user, times = sys.argv[1:]
    with cluster(Path(data)) as server:
        asyncio.run(lengthen_list(server.url(SUPERUSER), original, user, int(times)))
