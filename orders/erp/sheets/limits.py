"""How much a file may ask of us. A month's orders of a large shop stay far below."""

MIB = 2**20

MAX_FILE_BYTES = 30 * MIB
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL = 2000  # characters that are read of a cell

# What a workbook may unpack to. Spreadsheets pack 5 to 40 times; only what was made to hurt packs much better.
MAX_PARTS = 500
MAX_UNPACKED_BYTES = 200 * MIB
MAX_SHARED_TEXT_BYTES = 50 * MIB
MAX_RATIO = 150
RATIO_MATTERS_FROM_BYTES = 20 * MIB
MAX_ELEMENTS = 10_000_000  # of one part: cells, their values and rows, empty ones too
MAX_SHARED_TEXTS = 2_000_000
MAX_TEXT = 100_000  # characters between two tags; a spreadsheet's cell holds 32,767
MAX_DEPTH = 32
MAX_REGIONS = 100_000
LAST_ROW = 2**20  # of any spreadsheet

# What the reading process may take.
MEMORY_BYTES = 512 * MIB
CPU_SECONDS = 40
OUTPUT_BYTES = 128 * MIB
OPEN_FILES = 16
