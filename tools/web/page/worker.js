// Python and gatts-codec, in a thread of their own: the page asks by {id, do, with}, and gets {id, value} or {id, error}.
// What happens by itself is said as {say, ...}.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const say = (what, about) => postMessage({ say: what, ...about });
const bytesOf = (proxy) => { const bytes = proxy.toJs(); proxy.destroy?.(); return bytes; };

const SETUP = `
import json
from dataclasses import asdict
from gatts_codec.web import live, screen

def run(arguments, room):
    return json.dumps(asdict(screen.run(arguments.to_py(), room)))
`;

async function start() {
  say("progress", { text: "Loading Python, 14 MB the first time …" });
  const packages = fetch("packages.zip").then((response) => {
    if (!response.ok) throw new Error(`packages.zip: ${response.status}`);
    return response.arrayBuffer();
  });
  const python = await loadPyodide({ indexURL: new URL("pyodide/", import.meta.url).href });
  say("progress", { text: "Loading gatts-codec …" });
  python.unpackArchive(await packages, "zip", { extractDir: python.runPython("import site; site.getsitepackages()[0]") });
  python.FS.mkdirTree("/in");
  python.FS.mkdirTree("/out");
  python.runPython(SETUP);
  say("ready", { version: python.runPython("import gatts_codec; gatts_codec.__version__") });
  return python;
}

const python = start();
python.catch((error) => say("broken", { text: `Python did not start: ${error}` }));

let link = null, chip = null;
const tell = (text) => say("talk", { text });

const JOBS = {
  run: (py, { args, room }) => JSON.parse(py.globals.get("run")(args, room)),
  write: (py, { path, bytes }) => py.FS.writeFile(path, bytes),
  read: (py, { path }) => py.FS.readFile(path),
  async demo(py, { dialect }) {
    return await py.globals.get("live").demo(dialect, tell);
  },
  async open(py, { dialect, reset }) {
    link = py.globals.get("live").Link(dialect, (data) => say("send", { bytes: bytesOf(data) }), tell);
    await link.open(reset);
  },
  fromPort: (py, { bytes }) => link?.receive(py.toPy(bytes).tobytes()),
  gone: () => link?.gone(),
  async call(py, { line }) {
    const said = await link.call(line);
    return bytesOf(said);
  },
  recording: () => link?.recording() ?? "",
  async close() {
    await link?.close();
    await chip?.close();
    link = chip = null;
  },
  chip(py, { dialect }) {
    chip = py.globals.get("live").Chip(dialect, (data) => say("fromChip", { bytes: bytesOf(data) }), tell);
  },
  toChip: (py, { bytes }) => chip?.receive(py.toPy(bytes).tobytes()),
  phone: (py, { script }) => chip?.phone(script),
};

onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, value: await JOBS[data.do](await python, data.with) });
  } catch (error) {
    if (error.pyodide_fatal_error) say("broken", { text: "Python has failed for good on this input: load the page again." });
    // The last line of a traceback is what it says.
    postMessage({ id: data.id, error: String(error.message ?? error).trim().split("\n").at(-1) });
  }
};
