# SPDX-License-Identifier: GPL-2.0
"""Commands for the monitor of a QEMU (QMP: docs/interop/qmp-spec of QEMU)."""

import json
import socket

SECONDS = 60	# without an answer


class Monitor:
    """A connection, made when it is first needed."""

    def __init__(self, path):
        self.path = path
        self.file = None

    def connect(self):
        """Greeting and negotiation."""
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(SECONDS)
        sock.connect(self.path)
        self.file = sock.makefile("rw")
        sock.close()	# the file has it
        self.file.readline()
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        """What it returns. Raises OSError."""
        json.dump({"execute": command, "arguments": arguments}, self.file)
        self.file.write("\n")
        self.file.flush()
        for line in self.file:
            answer = json.loads(line)
            if "error" in answer:
                raise OSError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]
            # else an event
        raise OSError("the monitor is gone")

    def tell(self, line):
        """A command as people type it: what is wrong with it, or None.

        A question has an answer; of all others silence means success.
        """
        try:
            if not self.file:
                self.connect()
            answer = self.execute("human-monitor-command",
                                  **{"command-line": line}).strip()
        except OSError as err:
            return str(err)
        if line.startswith("info "):
            return None if answer else "no answer"
        return answer or None

    def close(self):
        """Whether there was a connection or not."""
        if self.file:
            self.file.close()
