"""Runs every story, and prints what each has seen. Argument: tcp or ws."""

import json
import sys

import calls  # noqa: F401
import connections  # noqa: F401
import fleet  # noqa: F401
import messages  # noqa: F401
import twins  # noqa: F401
from stage import STORIES, Stage

(transport,) = sys.argv[1:]
told = {}
for title, tell in STORIES.items():
    stage = Stage(transport)
    try:
        tell(stage)
    except BaseException:
        print(f"in the story: {title}", file=sys.stderr)
        raise
    finally:
        stage.clear()
    told[title] = stage.facts
print(json.dumps(told))
