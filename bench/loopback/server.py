"""The gateway itself: HTTP on the loopback, every answer after so many milliseconds.

python -m bench.loopback.server PORT MILLISECONDS
"""

import asyncio
import json
import sys
from collections import Counter

HOST = "127.0.0.1"


async def serve(port: int, seconds: float) -> None:
    """Answer until the process is ended. `GET /` tells how many keys were paid, and how many calls there were."""
    paid: Counter[str] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                told = {"keys": len(paid), "calls": paid.total()}
                if head.startswith(b"POST"):
                    [length] = [
                        int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
                    ]
                    key = json.loads(await reader.readexactly(length))["key"]
                    await asyncio.sleep(seconds)
                    paid[key] += 1
                    told = {"reference": f"LB-{key[-12:]}"}
                body = json.dumps(told).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, HOST, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
