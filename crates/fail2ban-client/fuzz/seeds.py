# Writes the seeds of `decode` and `frame`: of the recorded replies, and of random values in every protocol, one for
# each new set of opcodes. Run in this directory: python3 seeds.py
import base64
import gzip
import json
import pathlib
import pickletools
import subprocess
import sys

END = b"<F2B_END_COMMAND>"
LONGEST = 1500
MOST = 90


def candidates():
    for name in ["1.0.2", "1.1.0", "1.0.2-stock"]:
        with gzip.open(f"../tests/fixtures/{name}.jsonl.gz", "rt") as rows:
            for row in map(json.loads, rows):
                if row["reply_b64"]:
                    yield base64.b64decode(row["reply_b64"]).removesuffix(END)
    other = subprocess.run(
        [sys.executable, "../tests/it/differential.py", "make", "seeds", "2000"],
        env={"PYTHONHASHSEED": "0"},
        check=True,
        capture_output=True,
        text=True,
    )
    for line in other.stdout.splitlines():
        yield base64.b64decode(line.split("\t")[0])


def main():
    seen, number = set(), 0
    for kind in ["decode", "frame"]:
        pathlib.Path("fixtures", kind).mkdir(parents=True, exist_ok=True)
    for pickle in candidates():
        if len(pickle) > LONGEST or number >= MOST:
            continue
        codes = frozenset(code.name for code, _, _ in pickletools.genops(pickle))
        if codes in seen:
            continue
        seen.add(codes)
        pathlib.Path("fixtures", "decode", f"{number:03}").write_bytes(pickle)
        if number % 6 == 0:
            stream = bytes([3, 10, 128, 250]) + pickle + END + b"\x80\x05N." + END
            pathlib.Path("fixtures", "frame", f"{number:03}").write_bytes(stream)
        number += 1


main()
