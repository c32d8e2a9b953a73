// The page: what goes in, the examples, the link that carries an input, and how far things are.
import { answer, currentText, listen, select } from "./answer.js";
import { $, element } from "./dom.js";
import { listen as listenLive } from "./live.js";
import { on } from "./python.js";

const EXAMPLES = [
  { label: "healthy set-up", file: "healthy.jsonl" },
  { label: "dead link", file: "dead-link.jsonl" },
  { label: "nrfutil log", file: "nrfutil.log" },
  { label: "a few bytes", text: "a4 ff ff 0d 00 01 00 00 01 00 01 64" },
  { label: "a question", text: "sd_ble_gatts_hvx returns 0x3401" },
];
let inputs = [], ready = false, job = 0, complaint = ""; // about the link that was followed

function status(text, { busy = false, wrong = false } = {}) {
  $("status").className = wrong ? "wrong" : "";
  $("progress").hidden = !busy;
  $("status").lastChild.textContent = text;
}

const fromText = (text, title) => ({ name: "pasted.txt", title: title ?? "What you pasted", bytes: new TextEncoder().encode(text) });

async function read(input) {
  const mine = ++job;
  status(ready ? `Reading ${input.title ?? input.name} …` : "Python is still loading; it is read then …", { busy: true });
  try {
    await answer(input, $("dialect").value);
    if (mine === job) status("");
  } catch (error) {
    if (mine === job) status(String(error.message ?? error), { wrong: true });
  }
  document.documentElement.dataset.answered = String(mine);
}

// -- what goes in

async function take(files) {
  inputs = await Promise.all([...files].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  $("text").value = "";
  $("files").replaceChildren(...inputs.map((input) => {
    const chip = element("button", "", input.name);
    chip.type = "button";
    chip.addEventListener("click", () => choose(input));
    return chip;
  }));
  if (inputs.length) choose(inputs[0]);
}

function choose(input) {
  [...$("files").children].forEach((chip, at) => chip.setAttribute("aria-pressed", String(inputs[at] === input)));
  read(input);
}

function forgetFiles() {
  inputs = [];
  $("files").replaceChildren();
}

function readText() {
  const text = $("text").value;
  if (text.trim()) read(fromText(text));
  else if (inputs.length) choose(inputs.find((_, at) => $("files").children[at].getAttribute("aria-pressed") === "true"));
  else $("text").focus();
}

async function example({ label, file, text }) {
  forgetFiles();
  $("text").value = text ?? await (await fetch(`examples/${file}`)).text();
  read(fromText($("text").value, `Example: ${label}`));
}

export function readRecording(text, title) {
  forgetFiles();
  $("text").value = "";
  read({ name: `${title}.jsonl`, title, bytes: new TextEncoder().encode(text) });
}

// -- the link that carries an input

const through = (stream, bytes) => new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer();

async function copyLink() {
  const packed = new Uint8Array(await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(currentText())));
  const coded = btoa(String.fromCharCode(...packed)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const place = new URLSearchParams({ in: coded });
  if ($("dialect").value !== "auto") place.set("d", $("dialect").value);
  history.replaceState(null, "", `#${place}`);
  await navigator.clipboard?.writeText(location.href).catch(() => undefined);
  status("The address of this page carries your input now: copy it from the address bar, if it is not in the clipboard yet.");
}

async function fromFragment() {
  const place = new URLSearchParams(location.hash.slice(1)), coded = place.get("in");
  if (!coded) return;
  try {
    const packed = Uint8Array.from(atob(coded.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    $("text").value = new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), packed));
  } catch {
    complaint = "The link's input is damaged: ask for it again, whole.";
    return;
  }
  if ([...$("dialect").options].some((option) => option.value === place.get("d"))) $("dialect").value = place.get("d");
  readText();
}

// -- all together

function listenToInput() {
  $("ask").addEventListener("submit", (event) => { event.preventDefault(); readText(); });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) readText();
  });
  $("text").addEventListener("input", () => { if ($("text").value) forgetFiles(); });
  $("file").addEventListener("change", () => take($("file").files));
  $("file-label").addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") $("file").click(); });
  $("dialect").addEventListener("change", readText);
  $("link").addEventListener("click", copyLink);
  $("theme").addEventListener("click", () => {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
  });
  document.addEventListener("dragover", (event) => { event.preventDefault(); $("drop").classList.add("over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
    else if ($("text").value = event.dataTransfer.getData("text")) readText();
  });
  $("examples").append(...EXAMPLES.map((one) => {
    const chip = element("button", "", one.label);
    chip.type = "button";
    chip.addEventListener("click", () => example(one));
    return chip;
  }));
}

function listenToPython() {
  on("progress", ({ text }) => status(text, { busy: true }));
  on("broken", ({ text }) => status(text, { wrong: true }));
  on("ready", () => {
    ready = true;
    document.documentElement.dataset.ready = "true";
    if (!job) status(complaint || "Ready.", { wrong: Boolean(complaint) });
  });
}

if (typeof WebAssembly === "undefined") {
  status("This browser has no WebAssembly, or it is switched off; the page cannot work without. The command line does the same: gatts-codec doctor FILE.", { wrong: true });
} else {
  listen();
  listenToInput();
  listenToPython();
  listenLive();
  status("Loading …", { busy: true });
  fromFragment();
}
