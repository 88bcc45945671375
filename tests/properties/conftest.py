"""Makes the strategies importable: several property tests draw from them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
