"""A headless Chromium, driven over its DevTools protocol through a pair of pipes: no port, no package, no network."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


# The name, the number (UI Events §"Fixed virtual key codes") and the text of keys that are not characters.
KEYS = {
    "Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, ""), "Space": (" ", 32, " "),
    "PageUp": ("PageUp", 33, ""), "PageDown": ("PageDown", 34, ""), "End": ("End", 35, ""), "Home": ("Home", 36, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""), "ArrowUp": ("ArrowUp", 38, ""), "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}


def find():
    """The program, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """A page that is open, with everything it said and asked for."""

    def __init__(self, path, width=1400, height=900):
        self.messages, self.requests, self._replies, self._number, self._rest = [], [], {}, 0, b""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_child, self._write = os.pipe()
        self._read, from_child = os.pipe()

        def pipes():
            # Chromium reads commands from 3 and answers on 4; neither number may be in the way of the other.
            commands, answers = os.dup(to_child), os.dup(from_child)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self._process = subprocess.Popen(
            [
                find(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--no-first-run", "--disable-background-networking", "--remote-debugging-pipe",
                f"--user-data-dir={self._profile.name}", f"--window-size={width},{height}", "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=pipes)
        os.close(to_child)
        os.close(from_child)
        target = next(
            item for item in self._send("Target.getTargets", session=None)["targetInfos"] if item["type"] == "page")
        self._session = self._send(
            "Target.attachToTarget", session=None, targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Network", "Page"):
            self._send(f"{domain}.enable")
        started = time.monotonic()
        self._send("Page.navigate", url="file://" + os.path.abspath(path))
        # Answered once the script of the page, and the frame after it, are through.
        self.run("new Promise(r => { const go = () => requestAnimationFrame(() => setTimeout(r)); "
                 "document.readyState === 'complete' ? go() : addEventListener('load', go); })")
        self.seconds = time.monotonic() - started

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Closed pipes end it; its other processes may still write to the profile while that is taken away.
        os.close(self._write)
        os.close(self._read)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def run(self, script):
        """What a script in the page gives, promises awaited."""
        answer = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def settle(self, milliseconds=0):
        """Waits that long, and for the next frame."""
        self.run(f"new Promise(r => setTimeout(() => requestAnimationFrame(() => setTimeout(r)), {milliseconds}))")

    def click(self, script):
        """Presses the mouse in the middle of the element that the script gives."""
        box = self.run(f"(e => {{ e.scrollIntoView({{block: 'nearest'}}); const b = e.getBoundingClientRect(); "
                       f"return [b.x + b.width / 2, b.y + b.height / 2]; }})({script})")
        self.mouse(*box)

    def mouse(self, x, y):
        """Presses the mouse at a place of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                       buttons=1 if kind == "mousePressed" else 0, clickCount=1)
        self.settle()

    def type(self, text):
        """Types into what has the focus."""
        self._send("Input.insertText", text=text)

    def press(self, *keys):
        """Presses keys of the keyboard one after the other: `Tab`, `Shift+Tab`, `Enter`, `/`."""
        for key in keys:
            *modifiers, name = key.split("+") if len(key) > 1 else [key]
            key_name, code, text = KEYS.get(name, (name, 0, name if len(name) == 1 else ""))
            params = dict(key=key_name, code=key_name if len(key_name) > 1 else "", windowsVirtualKeyCode=code,
                          modifiers=8 if "Shift" in modifiers else 0)
            self._send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **params,
                       **({"text": text} if text else {}))
            self._send("Input.dispatchKeyEvent", type="keyUp", **params)
        self.settle()

    def resize(self, width, height, zoom=1):
        """Gives the page a window of that size, in which everything is so many times as large."""
        self._send("Emulation.setDeviceMetricsOverride", width=width // zoom, height=height // zoom,
                   deviceScaleFactor=zoom, mobile=False)
        self.settle(30)

    def prefer(self, scheme, media=""):
        """Makes the page believe in a color scheme and a medium: `dark`, `print`."""
        self._send("Emulation.setEmulatedMedia", media=media,
                   features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.settle()

    def pdf(self):
        """The bytes of the page as it is printed."""
        return base64.b64decode(self._send("Page.printToPDF", printBackground=False)["data"])

    def screenshot(self, path):
        """Writes a PNG of what is seen."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"]))

    def _send(self, method, session=True, **params):
        self._number += 1
        number, command = self._number, {"id": self._number, "method": method, "params": params}
        if session:
            command["sessionId"] = self._session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        end = time.monotonic() + 60
        while number not in self._replies:
            if not select.select([self._read], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(method)
            piece = os.read(self._read, 1 << 16)
            if not piece:
                raise EOFError("Chromium ended")
            *whole, self._rest = (self._rest + piece).split(b"\0")
            for text in whole:
                self._take(json.loads(text))
        answer = self._replies.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _take(self, message):
        if "id" in message:
            self._replies[message["id"]] = message
            return
        method, params = message["method"], message.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.messages.append(str([item.get("value", item.get("description")) for item in params["args"]]))
        elif method == "Runtime.exceptionThrown":
            self.messages.append(params["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif method == "Log.entryAdded":
            self.messages.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.messages.append("dialog: " + params["message"])
