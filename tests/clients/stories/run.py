"""Tell stories with the client of this environment.

python run.py BASE_URL API_KEY [STORY ...]
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import assistants  # noqa: E402, F401
import assistants_streams  # noqa: E402, F401
import chat_files_models  # noqa: E402, F401
import images  # noqa: E402, F401
import responses  # noqa: E402, F401
import retries  # noqa: E402, F401
import seed_thread  # noqa: E402, F401
from telling import STORIES, tell  # noqa: E402

if __name__ == "__main__":
    # The assistants' methods warn that they are deprecated, which this is about.
    warnings.simplefilter("ignore")
    base_url, api_key, *names = sys.argv[1:]
    for name in names or list(STORIES):
        tell(name, base_url, api_key)
