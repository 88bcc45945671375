"""Makes the cases importable: they are shared with the script that records the reference data."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
