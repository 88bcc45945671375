"""Makes the plan builder importable: it is shared by the tests that run hand-written plans."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
