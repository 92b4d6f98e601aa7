"""A client with no SDK, pinned to the handshake-era version it is given."""

import json
import os
import sys
from itertools import count
from urllib.request import Request, urlopen

import jsonschema


class RefusedError(Exception):
    """A JSON-RPC error; `args` are its code and message."""


class Connection:
    def __init__(self, version):
        self.ids = count(1)
        self.headers = {
            "Authorization": f"Bearer {os.environ['MCP_TOKEN']}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
        }
        offer = {"protocolVersion": version, "capabilities": {}}
        client = {"clientInfo": {"name": "raw_http", "version": "1.0.0"}}
        self.protocol = self.request("initialize", offer | client)["protocolVersion"]
        if version >= "2025-06-18":  # 2025-03-26 knows no such header
            self.headers["MCP-Protocol-Version"] = self.protocol
        self.post({"method": "notifications/initialized"})
        self.tools = {tool["name"]: tool for tool in self.request("tools/list", {})["tools"]}

    def post(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with urlopen(Request(os.environ["MCP_URL"], body, self.headers), timeout=30) as reply:
            text = reply.read().decode()
            if reply.headers.get_content_type() == "text/event-stream":
                text = next(line[5:] for line in text.splitlines() if line.startswith("data:"))
            return json.loads(text) if text else None

    def request(self, method, params):
        reply = self.post({"id": next(self.ids), "method": method, "params": params})
        if error := reply.get("error"):
            raise RefusedError(error["code"], error["message"])
        return reply["result"]

    def answer(self, tool, arguments):
        try:
            result = self.request("tools/call", {"name": tool, "arguments": arguments})
        except RefusedError as refused:
            code, message = refused.args
            return {"code": code, "message": message}
        is_error, structured = result.get("isError", False), result.get("structuredContent")
        if not is_error and (schema := self.tools[tool].get("outputSchema")):
            jsonschema.validate(structured, schema)
        text = "".join(block["text"] for block in result["content"])
        return {"is_error": is_error, "structured": structured, "text": text}


connection = Connection(sys.argv[1])
hello = {"protocol": connection.protocol, "tools": list(connection.tools)}
print(json.dumps({"library": "none", **hello}), flush=True)
for line in sys.stdin:
    print(json.dumps(connection.answer(**json.loads(line))), flush=True)
