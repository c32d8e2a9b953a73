// A link to a chip: bytes between a serial port and the client in the worker. The virtual chip is a port of the same form.
import { $ } from "./dom.js";
import { readRecording } from "./page.js";
import { ask, on } from "./python.js";

const LONGEST_TALK = 100_000; // characters
let port = null, writer = null, reader = null;

function talk(text) {
  const box = $("talk"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.textContent = (box.textContent + text + "\n").slice(-LONGEST_TALK);
  if (atEnd) box.scrollTop = box.scrollHeight;
}

const dialect = () => ($("dialect").value === "auto" ? "sd_api_v5" : $("dialect").value);

// The virtual chip, in the form of a SerialPort.
class ChipPort {
  async open() {
    await ask("chip", { dialect: dialect() });
    this.readable = new ReadableStream({ start: (controller) => on("fromChip", ({ bytes }) => controller.enqueue(bytes)) });
    this.writable = new WritableStream({ write: (bytes) => ask("toChip", { bytes }) });
  }

  async close() {
    on("fromChip", () => undefined);
  }
}

async function connect(chosen) {
  await disconnect();
  port = chosen;
  await port.open({ baudRate: Number($("baud").value), flowControl: $("flow").checked ? "hardware" : "none", bufferSize: 65536 });
  writer = port.writable.getWriter();
  on("send", ({ bytes }) => writer?.write(bytes).catch(() => ask("gone")));
  talk(`connecting, ${dialect()} …`);
  const opening = ask("open", { dialect: dialect(), reset: $("reset").checked || chosen instanceof ChipPort });
  pump();
  await opening;
  talk("the link is up");
  enable(true, chosen instanceof ChipPort);
  $("call").focus();
}

async function pump() {
  reader = port.readable.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      ask("fromPort", { bytes: value });
    }
  } catch (error) {
    talk(`the port is gone: ${error.message}`);
  }
  ask("gone");
}

async function disconnect() {
  if (!port) return;
  const closing = port;
  port = null;
  enable(false);
  await ask("close");
  await reader?.cancel().catch(() => undefined);
  reader?.releaseLock();
  writer?.releaseLock();
  reader = writer = null;
  await closing.close().catch(() => undefined);
}

function enable(isUp, isChip = false) {
  for (const id of ["call", "send", "judge", "disconnect"]) $(id).disabled = !isUp;
  for (const id of ["connect-board", "connect-chip", "demo"]) $(id).disabled = isUp || (id === "connect-board" && !navigator.serial);
  $("phone-form").hidden = !isUp || !isChip;
}

async function attempt(what) {
  try {
    await what();
  } catch (error) {
    if (error.name === "NotFoundError") return; // nothing was chosen
    talk(error.message);
    await disconnect();
  }
}

async function send(event) {
  event.preventDefault();
  const line = $("call").value.trim();
  if (!line) return;
  talk(`> ${line}`);
  $("call").value = "";
  for (const said of await ask("call", { line })) talk(said);
}

async function judge() {
  const text = await ask("recording");
  readRecording(text, "live");
}

export function listen() {
  on("talk", ({ text }) => talk(text));
  $("connect-board").addEventListener("click", () => attempt(async () => connect(await navigator.serial.requestPort())));
  $("connect-chip").addEventListener("click", () => attempt(() => connect(new ChipPort())));
  $("demo").addEventListener("click", () => attempt(async () => {
    $("demo").disabled = true;
    try {
      readRecording(await ask("demo", { dialect: dialect() }), "demo");
    } finally {
      $("demo").disabled = false;
    }
  }));
  $("call-form").addEventListener("submit", send);
  $("phone-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const script = $("phone").value.trim();
    $("phone").value = "";
    if (script) attempt(() => ask("phone", { script }));
  });
  $("disconnect").addEventListener("click", () => attempt(async () => { await disconnect(); talk("disconnected"); }));
  $("judge").addEventListener("click", () => attempt(judge));
  $("serial-note").textContent = navigator.serial
    ? "A board on a serial port of this machine, by Web Serial; the browser asks which. The dialect is the one chosen above, or sd_api_v5."
    : "This browser has no Web Serial (Chrome and Edge have it, on https and on this machine): the virtual chip works all the same.";
  enable(false);
}
