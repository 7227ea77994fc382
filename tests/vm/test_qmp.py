#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""qmp.py against a monitor of a few lines"""

import json
import pathlib
import socket
import tempfile
import threading
import unittest

import qmp

EVENT = {"event": "RESET", "data": {}}


class QmpTest(unittest.TestCase):
    """What becomes of an answer"""

    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)
        self.path = str(pathlib.Path(self.tmp.name) / "mon")

    def serve(self, answers):
        """One connection, so many answers, each as a list of messages."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(self.path)
        server.listen(1)

        def talk():
            conn = server.accept()[0]
            file = conn.makefile("rw")
            for messages in [[{"QMP": {}}], [{"return": {}}], *answers]:
                if "QMP" not in messages[0]:
                    self.asked.append(json.loads(file.readline()))
                for message in messages:
                    file.write(json.dumps(message) + "\n")
                file.flush()
            file.close()
            conn.close()
            server.close()

        self.asked = []
        self.thread = threading.Thread(target=talk)
        self.thread.start()

    def tell(self, command, *answers):
        """What is wrong with a command, after the answers before."""
        self.serve(answers)
        monitor = qmp.Monitor(self.path)
        said = [monitor.tell(command) for _ in answers]
        monitor.close()
        self.thread.join()
        return said

    def test_silence_is_success(self):
        self.assertEqual(self.tell("set_link near0 off", [{"return": ""}]), [None])
        self.assertEqual([a["execute"] for a in self.asked],
                         ["qmp_capabilities", "human-monitor-command"])
        self.assertEqual(self.asked[1]["arguments"],
                         {"command-line": "set_link near0 off"})

    def test_complaint(self):
        self.assertEqual(self.tell("teleport", [{"return": "unknown\r\n"}]),
                         ["unknown"])
        self.assertEqual(len(self.asked), 2)

    def test_error(self):
        error = {"error": {"class": "GenericError", "desc": "no way"}}
        self.assertEqual(self.tell("stop", [error]), ["no way"])

    def test_question(self):
        self.assertEqual(self.tell("info version", [{"return": "7.2\r\n"}],
                                   [{"return": ""}]), [None, "no answer"])

    def test_events_come_between(self):
        self.assertEqual(self.tell("cont", [EVENT, {"return": ""}],
                                   [EVENT, EVENT, {"return": "x"}]), [None, "x"])

    def test_gone(self):
        self.assertEqual(self.tell("cont", [EVENT]), ["the monitor is gone"])
        self.assertIn("No such file", qmp.Monitor(self.path + "x").tell("cont"))


if __name__ == "__main__":
    unittest.main()
