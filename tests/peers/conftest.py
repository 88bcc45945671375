"""Makes the description of the networks importable: it is shared with the script that writes the reference data."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
