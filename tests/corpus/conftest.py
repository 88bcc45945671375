"""Makes the corpus importable: it is shared by the tests and the scripts that write tables."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
