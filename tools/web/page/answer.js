// One input and what the command line says of it: doctor, explain, decode, and the report when it is asked for.
import { ask } from "./python.js";
import { $, element, save, showScreen } from "./dom.js";

const TABS = ["findings", "explained", "packets", "report"];
const PACKETS_ROOM = 200_000, LONGEST_QUESTION = 20_000; // characters
let current = null;

export async function answer(input, dialect) {
  current = { ...input, path: `/in/${safe(input.name)}`, dialect, report: null };
  const shown = current;
  await ask("write", { path: shown.path, bytes: shown.bytes });
  const verdict = await run("doctor", "--json");
  const packets = await run("decode");
  const explained = shown.bytes.length <= LONGEST_QUESTION ? await explain(new TextDecoder().decode(shown.bytes)) : null;
  if (shown !== current) return;
  show(shown, verdict, packets, explained);
}

const safe = (name) => name.replace(/[/\\\0]/g, "_") || "input";
const told = () => (current.dialect === "auto" ? [] : ["-d", current.dialect]);
const run = (command, ...options) => ask("run", { args: [command, ...told(), ...options, "--", current.path], room: PACKETS_ROOM });
const explain = (text) => ask("run", { args: ["explain", ...told(), "--", text], room: PACKETS_ROOM });

function show(input, verdict, packets, explained) {
  const diagnosis = verdict.status in { 0: 0, 1: 0, 3: 0 } ? parsed(verdict.out) : null;
  const hasPackets = packets.out.some(([text]) => text), isExplained = explained?.status === 0;
  $("name").textContent = input.title ?? input.name;
  $("verdict").textContent = diagnosis?.headline ?? "";
  $("verdict").className = `verdict ${diagnosis?.level ?? ""}`;
  $("findings").replaceChildren(...(diagnosis ? findings(diagnosis) : [refusal(verdict.err)]));
  showScreen($("packets").firstChild, packets.out, packets.more ? [["\n… and more: the report has all.", "dim"]] : [], packets.err);
  if (explained) showScreen($("explained").firstChild, explained.out, explained.err);
  $("tab-packets").hidden = !hasPackets && !packets.err.some(([text]) => text);
  const hasReport = Boolean(diagnosis?.frames);
  $("tab-explained").hidden = !isExplained || hasReport;
  $("tab-report").hidden = !hasReport;
  for (const button of $("exports").querySelectorAll("[data-format]")) button.hidden = !hasReport;
  $("link").hidden = input.bytes.length > 6000;
  $("answer").hidden = false;
  const isDecoded = packets.status === 0 && hasPackets;
  const isJudged = diagnosis && (diagnosis.frames || diagnosis.findings.length || (diagnosis.notes.length && !isDecoded));
  select(isJudged ? "findings" : isDecoded ? "packets" : isExplained ? "explained" : "findings");
}

function parsed(pieces) {
  const text = pieces.map(([text]) => text).join("");
  return text.trim() ? JSON.parse(text) : null;
}

function refusal(pieces) {
  const box = element("pre", "screen");
  showScreen(box, pieces);
  return box;
}

function findings(diagnosis) {
  const counts = `${diagnosis.format}, ${diagnosis.frames} frames, ${diagnosis.calls} calls, ${diagnosis.events} events`;
  const about = diagnosis.frames ? `${counts} · read as ${diagnosis.dialect}${diagnosis.certainty === "told" ? ", as told" : ""}` : diagnosis.format;
  const all = [...diagnosis.findings, ...diagnosis.notes];
  return [element("p", "about", about), ...all.map((found) => finding(found, diagnosis.frames))];
}

function finding(found, frames) {
  const box = element("article", `finding ${found.severity}`, element("h3", "", (found.link ? `[${found.link}] ` : "") + found.title));
  const said = element("dl");
  for (const [label, text] of [["Why", found.cause], ["Ended", found.ended], ["At fault", found.fault], ["Do", found.advice]]) {
    if (text) said.append(element("dt", "", label), element("dd", "", text));
  }
  box.append(said);
  const list = element("ul");
  for (const one of found.evidence) list.append(element("li", "", ...place(one, frames), one.text));
  const hidden = found.count - found.evidence.length;
  if (hidden > 0) list.append(element("li", "", `and ${hidden} more`));
  if (list.children.length) box.append(list);
  return box;
}

function place(evidence, frames) {
  if (!evidence.frame || !frames) return [];
  const link = element("a", "", `frame ${evidence.frame}`);
  link.href = "#";
  link.addEventListener("click", (event) => { event.preventDefault(); select("report", evidence.frame); });
  return [link, " "];
}

export function select(name, frame) {
  for (const tab of TABS) {
    $(tab).hidden = tab !== name;
    $(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    $(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
  }
  if (name === "report") showReport(frame);
}

async function written(format) {
  const path = `/out/report.${format}`;
  const done = await run("decode", "-o", path);
  if (done.status) throw new Error(done.err.map(([text]) => text).join(""));
  return ask("read", { path });
}

// The report stands in a frame without an origin of its own: its script cannot reach this page.
async function showReport(frame) {
  const shown = current, box = $("report");
  if (!shown.report) {
    box.replaceChildren(element("p", "dim", "Writing the report …"));
    try {
      shown.report = URL.createObjectURL(new Blob([await written("html")], { type: "text/html" }));
    } catch (error) {
      box.replaceChildren(element("p", "", String(error.message)));
      return;
    }
    box.replaceChildren();
  }
  if (shown !== current) return;
  if (frame || !box.querySelector("iframe")) {
    const view = element("iframe");
    view.sandbox = "allow-scripts allow-modals";
    view.title = "Report";
    const place = new URLSearchParams({ theme: document.documentElement.dataset.theme, ...(frame ? { frame } : {}) });
    view.src = `${shown.report}#${place}`;
    box.replaceChildren(view);
  }
}

export function listen() {
  for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => select(tab));
  document.querySelector(".tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const open = TABS.map((tab) => $(`tab-${tab}`)).filter((tab) => !tab.hidden), at = open.indexOf(event.target);
    if (!step || at < 0) return;
    const next = open[(at + step + open.length) % open.length];
    next.click();
    next.focus();
  });
  for (const button of $("exports").querySelectorAll("[data-format]")) {
    button.addEventListener("click", async () => {
      const { format } = button.dataset, name = safe(current.name);
      save(await written(format), `${name.replace(/\.[^.]*$/, "")}.${format}`);
    });
  }
}

export const currentText = () => new TextDecoder().decode(current.bytes);
