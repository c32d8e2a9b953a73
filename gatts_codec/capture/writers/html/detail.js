// The selected frame: what it is, what is wrong with it, and its bytes beside the fields that they are.

const BYTES_A_LINE = 16, BYTES_IN_VALUE = 8;

// Bytes as hex, or how many where they are many.
function spaced(data) {
  return data.length > 2 * BYTES_IN_VALUE ? `${data.length / 2} bytes` : (data.match(/../g) ?? []).join(" ");
}

class Detail {
  constructor(box, recording, goTo) { Object.assign(this, { box, recording, goTo, token: 0 }); }

  async show(at) {
    const token = ++this.token, fields = await this.recording.fields(at);
    if (token !== this.token) return; // another frame was selected meanwhile
    this.box.replaceChildren(this.heading(at), this.facts(at), ...this.problems(at), ...this.bytesAndFields(fields));
    this.box.scrollTop = 0;
  }

  heading(at) {
    const r = this.recording, heading = element("h2", `k-${r.kind(at)}`);
    heading.textContent = [`#${at + 1}`, r.name(at), ["command", "response", "event"].includes(r.kind(at)) ? r.kind(at) : ""].join(" ");
    return heading;
  }

  facts(at) {
    const r = this.recording, list = element("dl", "facts"), frames = r.frames;
    const add = (term, ...value) => { if (value.some((v) => v !== "" && v !== null)) list.append(element("dt", "", term), element("dd", "", ...value)); };
    add("time", r.clock(r.time(at)), r.pause(at) === null ? "" : element("span", "dim", `  +${duration(r.pause(at))}`));
    add("direction", ["host → chip", "chip → host", "not known"][frames.dir[at]]);
    add("seq / ack", frames.seq[at] ?? "");
    add("result", frames.result[at] ?? "");
    if (r.call(at)) this.callFacts(add, r.call(at), at);
    for (const exchange of r.exchangesOf.get(at) ?? []) this.exchangeFacts(add, exchange, at);
    if (frames.copy_of[at] >= 0) add("copy of", this.link(frames.copy_of[at]));
    for (const handle of frames.handles[at]) if (r.handle_names[handle]) add(hex(handle), r.handle_names[handle]);
    return list;
  }

  callFacts(add, call, at) {
    const others = { command: call.command, ACK: call.ack, response: call.response };
    const links = Object.entries(others).filter(([, frame]) => frame >= 0 && frame !== at)
      .flatMap(([what, frame]) => [`${what} `, this.link(frame), "  "]);
    add("call", ...links);
    const times = [call.outcome];
    if (call.ack_us >= 0) times.push(`ACK after ${duration(call.ack_us)}`);
    if (call.response_us >= 0) times.push(`response after ${duration(call.response_us)}`);
    if (call.copies) times.push(`sent ${call.copies + 1} times`);
    add("", times.join(", "));
  }

  exchangeFacts(add, exchange, at) {
    const other = exchange.opened === at ? exchange.closed : exchange.opened;
    const told = other >= 0 ? [this.link(other), exchange.us >= 0 ? ` ${duration(exchange.us)}` : ""] : [`never answered: ${exchange.why}`];
    add(exchange.kind, ...told);
  }

  link(at) {
    const link = element("a", "", `#${at + 1}`);
    link.href = `#frame=${at + 1}`;
    link.addEventListener("click", (event) => { event.preventDefault(); this.goTo(at); });
    return link;
  }

  problems(at) {
    const found = this.recording.marksOf(at).map(([severity, text]) => element("p", `problem ${severity}`, text));
    const about = (this.recording.findingsOf.get(at) ?? []).map((finding) => element("p", "problem warning", finding.title));
    return [...found, ...about];
  }

  bytesAndFields(fields) {
    const bytes = element("div", "bytes"), body = element("tbody"), table = element("table", "", body);
    let offset = 0, shade = -1;
    fields.forEach(([data, label, text, wrong], field) => {
      if (data) shade++;
      const start = data ? offset : offset - 1;
      for (let at = 0; at < data.length; at += 2) this.addByte(bytes, offset++, data.slice(at, at + 2), field, wrong ? "wrong" : `shade${shade % 4}`);
      body.append(this.fieldRow(start, data, label, text, wrong, field, data ? field : this.sharedWith(fields, field)));
    });
    table.prepend(element("thead", "", element("tr", "", element("th", "", "at"), element("th", "", "field"), element("th", "", "value"))));
    this.connect(bytes, body);
    return [bytes, table];
  }

  addByte(bytes, offset, text, field, kind) {
    if (offset % BYTES_A_LINE === 0) {
      bytes.append(element("span", "offset", `${offset ? "\n" : ""}${offset.toString(16).padStart(4, "0")}  `));
    }
    const byte = element("span", `byte ${kind}`, text);
    byte.dataset.field = field;
    bytes.append(byte);
  }

  // Groups of bits have the byte of the field before them.
  sharedWith(fields, field) {
    while (field > 0 && !fields[field][0]) field--;
    return field;
  }

  fieldRow(start, data, label, text, wrong, field, bytesOf) {
    const parts = label.split("."), last = parts.pop(), prefix = element("span", "prefix");
    for (const part of parts) prefix.append(`${part}.`, document.createElement("wbr"));
    const name = element("td", "", prefix, last);
    const row = element("tr", wrong ? "wrong" : "", element("td", "", start.toString(16).padStart(4, "0")), name, element("td", "", text || spaced(data)));
    row.dataset.field = field;
    row.dataset.bytes = bytesOf;
    row.tabIndex = 0;
    return row;
  }

  // Pointing at a field lights its bytes up, and the other way round.
  connect(bytes, body) {
    const light = (field, from) => {
      const shown = from === "bytes" ? String(field) : body.querySelector(`tr[data-field="${field}"]`)?.dataset.bytes;
      for (const byte of bytes.querySelectorAll(".byte")) byte.classList.toggle("on", field !== null && byte.dataset.field === shown);
      for (const row of body.children) row.classList.toggle("on", field !== null && (from === "bytes" ? row.dataset.bytes === shown : row.dataset.field === String(field)));
      if (from === "bytes") body.querySelector(`tr[data-field="${field}"]`)?.scrollIntoView({ block: "nearest" });
    };
    for (const type of ["click", "focusin", "pointerover"]) {
      bytes.addEventListener(type, (event) => { if (event.target.dataset.field) light(Number(event.target.dataset.field), "bytes"); });
      body.addEventListener(type, (event) => { const row = event.target.closest("tr"); if (row) light(Number(row.dataset.field), "fields"); });
    }
  }
}
