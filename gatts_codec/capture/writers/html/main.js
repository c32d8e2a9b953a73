// The page: header, findings, filter, keys, and the address that leads back to what is looked at.

const KEYS = {
  "↑ ↓  k j": "one packet", "PgUp PgDn": "one page", "Home End": "first, last", "n  N": "next, previous error or retransmission",
  "c": "to the other end of the call", "/": "filter", "Esc": "clear the filter", "+ −": "row height", "s": "pauses to scale",
  "a": "the whole recording", "t": "light or dark", "?": "this help",
};
const KIND_NAMES = {
  command: "commands", response: "responses", event: "events", other: "other groups", link: "link", ack: "ACKs", bad: "bad frames",
};

class Page {
  constructor(recording) {
    this.recording = recording;
    this.hidden = new Set();
    const goTo = (frame) => this.goTo(frame);
    this.axis = new Axis(recording);
    this.ladder = new Ladder($("ladder"), recording, (frame) => this.select(frame));
    this.detail = new Detail($("detail"), recording, goTo);
    this.overview = new Overview($("overview"), recording, this.axis, { goTo, range: () => this.refresh() });
    this.latency = new LatencyPlot($("latency"), $("latency-summary"), recording, this.axis, goTo);
    this.header();
    this.findings();
    this.chips();
    this.help();
    this.listen();
    this.restore();
  }

  header() {
    const r = this.recording;
    document.title = `${r.title} · GATTS traffic`;
    $("title").textContent = r.title;
    $("about").textContent = r.about.join("  ·  ");
    $("verdict").textContent = r.verdict.text;
    $("verdict").classList.add(r.verdict.level);
  }

  findings() {
    const r = this.recording, box = $("findings");
    box.hidden = !r.findings.length;
    box.open = r.findings.some((f) => f.severity !== "note");
    box.querySelector("summary").textContent = box.open ? "Findings" : `Worth knowing (${r.findings.length})`;
    box.querySelector("ol").append(...r.findings.map((finding) => this.finding(finding)));
  }

  finding(finding) {
    const evidence = element("ul", "evidence");
    for (const [frame, text] of finding.evidence) {
      evidence.append(element("li", "", ...(frame >= 0 ? [this.detail.link(frame), " "] : []), text));
    }
    const more = finding.count - finding.evidence.length;
    if (more > 0 && finding.evidence.length) evidence.append(element("li", "", this.more(more, finding.more)));
    const blame = finding.ended ? [element("p", "blame", `Ended: ${finding.ended}. At fault: ${finding.fault}.`)] : [];
    return element("li", finding.severity, element("h3", "", finding.title), element("p", "", finding.cause), ...blame,
      element("p", "advice", finding.advice), evidence);
  }

  // The frames that are not shown with words; they are made when they are asked for, since there may be a thousand.
  more(count, frames) {
    const box = element("details", "", element("summary", "", `and ${count} more`));
    box.addEventListener("toggle", () => {
      if (box.children.length === 1) box.append(...frames.flatMap((frame) => [this.detail.link(frame), " "]));
    });
    return frames.length ? box : `and ${count} more`;
  }

  chips() {
    const counts = {};
    for (let at = 0; at < this.recording.size; at++) counts[this.recording.kind(at)] = (counts[this.recording.kind(at)] ?? 0) + 1;
    for (const [kind, name] of Object.entries(KIND_NAMES)) {
      if (!counts[kind]) continue;
      const chip = element("button", `k-${kind}`, `${counts[kind]} ${name}`);
      chip.setAttribute("aria-pressed", "true");
      chip.addEventListener("click", () => this.toggle(kind, chip));
      $("kinds").append(chip);
    }
  }

  toggle(kind, chip) {
    if (!this.hidden.delete(kind)) this.hidden.add(kind);
    chip.setAttribute("aria-pressed", String(!this.hidden.has(kind)));
    this.refresh();
  }

  help() {
    for (const [id, entries] of [["keys", KEYS], ["filters", FILTERS]]) {
      for (const [term, text] of Object.entries(entries)) $(id).append(element("dt", "", term), element("dd", "", text));
    }
  }

  listen() {
    let typing;
    $("filter").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => this.refresh(), 120); });
    $("filter").addEventListener("keydown", (event) => { if (event.key === "Enter") { this.refresh(); $("ladder").focus(); } });
    $("scale").addEventListener("change", () => this.ladder.setToScale($("scale").checked));
    $("zoom-in").addEventListener("click", () => this.ladder.setZoom(this.ladder.zoom + 1));
    $("zoom-out").addEventListener("click", () => this.ladder.setZoom(this.ladder.zoom - 1));
    $("ladder").addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    $("theme").addEventListener("click", () => this.theme(dark() ? "light" : "dark"));
    $("help-button").addEventListener("click", () => $("help").showModal());
    for (const radio of document.getElementsByName("latency")) radio.addEventListener("change", () => this.latency.show(radio.value));
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.restore());
    new ResizeObserver(() => this.plots()).observe($("overview"));
  }

  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.ladder.setZoom(this.ladder.zoom + (event.deltaY < 0 ? 1 : -1));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    if (event.target === $("filter")) {
      if (event.key === "Escape") { $("filter").value = ""; this.refresh(); $("ladder").focus(); }
      return;
    }
    const action = this.actions()[event.key];
    if (!action || (event.key.length > 1 && !["ladder", ""].includes(event.target.id))) return;
    event.preventDefault();
    action();
  }

  actions() {
    const move = (step) => () => this.goTo(this.ladder.neighbour(step)), page = this.ladder.rowsInView, all = this.recording.size;
    return {
      ArrowDown: move(1), j: move(1), ArrowUp: move(-1), k: move(-1), PageDown: move(page), PageUp: move(-page),
      Home: move(-all), End: move(all), n: () => this.nextProblem(1), N: () => this.nextProblem(-1), c: () => this.otherEnd(),
      "/": () => $("filter").focus(), Escape: () => { $("filter").value = ""; this.refresh(); },
      "+": () => this.ladder.setZoom(this.ladder.zoom + 1), "-": () => this.ladder.setZoom(this.ladder.zoom - 1),
      s: () => $("scale").click(), a: () => { this.axis.all(); this.refresh(); }, t: () => $("theme").click(),
      "?": () => $("help").showModal(),
    };
  }

  nextProblem(step) {
    const { frames, selected } = this.ladder, mask = PROBLEM | FLAG.failed | FLAG.copy | FLAG.restart;
    const ahead = step > 0 ? frames.filter((at) => at > selected) : frames.filter((at) => at < selected).reverse();
    const found = ahead.find((at) => this.recording.flag(at, mask));
    if (found !== undefined) this.select(found);
  }

  otherEnd() {
    const call = this.recording.call(this.ladder.selected);
    if (call && call.response >= 0) this.goTo(this.ladder.selected === call.response ? call.command : call.response);
  }

  refresh() {
    const box = $("filter");
    try {
      const inRange = (at) => this.axis.contains(this.axis.positions[at]);
      const frames = filtered(this.recording, box.value, this.hidden).filter(inRange);
      this.ladder.show(frames, this.whyEmpty(box.value));
      $("count").textContent = `${frames.length} of ${this.recording.size}`;
      box.classList.remove("wrong");
      box.title = "";
    } catch (error) {
      if (!(error instanceof BadFilter)) throw error;
      box.classList.add("wrong");
      box.title = $("count").textContent = error.message;
    }
    this.plots();
    this.remember();
  }

  whyEmpty(filter) {
    if (!this.recording.size) return "There is no frame in this recording.";
    return filter.trim() || this.hidden.size ? "No packet passes the filter." : "No packet stands in this part of the recording.";
  }

  plots() {
    this.overview.draw();
    this.latency.draw();
  }

  // To a frame that the filter or the range may hide: then it goes.
  goTo(frame) {
    if (frame === undefined) return;
    if (this.ladder.frames[this.ladder.rowOf(frame)] !== frame) {
      $("filter").value = "";
      this.hidden.clear();
      for (const chip of $("kinds").children) chip.setAttribute("aria-pressed", "true");
      this.axis.all();
      this.refresh();
    }
    this.select(frame);
  }

  select(frame) {
    this.ladder.select(frame);
    $("ladder").scrollIntoView({ block: "nearest" });
    this.detail.show(frame);
    this.remember();
  }

  theme(name) {
    document.documentElement.dataset.theme = name;
    this.plots();
  }

  remember() {
    const place = new URLSearchParams();
    if (this.ladder.selected >= 0) place.set("frame", this.ladder.selected + 1);
    if ($("filter").value) place.set("filter", $("filter").value);
    history.replaceState(null, "", `#${place}`);
  }

  restore() {
    const place = new URLSearchParams(location.hash.slice(1)), frame = Number(place.get("frame"));
    $("filter").value = place.get("filter") ?? "";
    this.refresh();
    if (frame >= 1 && frame <= this.recording.size) this.goTo(frame - 1);
  }
}

const $ = (id) => document.getElementById(id);
const dark = () => document.documentElement.dataset.theme === "dark";

async function main() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("theme"); // of the page around it, where there is one
  document.documentElement.dataset.theme = wanted ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  window.page = new Page(await Recording.load());
  document.documentElement.dataset.ready = "true";
}

main().catch((error) => {
  document.body.prepend(element("p", "problem", `This report cannot be shown (${error}). It needs a browser of 2023 or later.`));
});
