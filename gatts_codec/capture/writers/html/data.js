// The recording: columns with one entry a frame, inflated at once; details in blocks, inflated when they are looked at.

const FLAG = { error: 1, tolerated: 2, failed: 4, copy: 8, reused: 16, restart: 32 };
const PROBLEM = FLAG.error | FLAG.reused;

async function inflated(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

class Recording {
  static async load() { return new Recording(await inflated("report-data")); }

  constructor(data) {
    Object.assign(this, data);
    this.size = this.frames.kind.length;
    this.words = null;
    this.blocks = new Map();
    this.linkCalls();
    this.linkFindings();
  }

  linkCalls() {
    this.callOf = new Map();
    this.calls.forEach((call, at) => {
      for (const frame of [call.command, call.ack, call.response, ...call.copies_at]) if (frame >= 0) this.callOf.set(frame, at);
    });
    this.exchangesOf = new Map();
    for (const exchange of this.exchanges) {
      for (const frame of [exchange.opened, exchange.closed]) {
        if (!this.exchangesOf.has(frame)) this.exchangesOf.set(frame, []);
        this.exchangesOf.get(frame).push(exchange);
      }
    }
  }

  linkFindings() {
    this.findingsOf = new Map();
    this.findings.forEach((finding) => {
      for (const frame of new Set([...finding.evidence.map(([at]) => at), ...finding.more])) {
        if (!this.findingsOf.has(frame)) this.findingsOf.set(frame, []);
        if (frame >= 0) this.findingsOf.get(frame).push(finding);
      }
    });
  }

  kind(at) { return this.kinds[this.frames.kind[at]]; }
  name(at) { return this.names[this.frames.name[at]] ?? ""; }
  flag(at, mask) { return (this.frames.flags[at] & mask) !== 0; }
  time(at) { return this.frames.t[at]; }
  marksOf(at) { return this.marks[at] ?? []; }
  call(at) { return this.calls[this.callOf.get(at)]; }

  // Microseconds since the frame before; null where one of them has no time.
  pause(at) {
    const now = this.time(at), before = at > 0 ? this.time(at - 1) : null;
    return now === null || before === null ? null : now - before;
  }

  // What a search without a field looks at, in lower case.
  text(at) {
    this.words ??= new Array(this.size);
    return (this.words[at] ??= `${this.kind(at)} ${this.name(at)} ${this.frames.text[at]} ${this.frames.result[at] ?? ""} ${this.marksOf(at).join(" ")}`.toLowerCase());
  }

  // The annotated bytes of a frame: [hex, label, text, wrong] for each field.
  async fields(at) {
    const block = Math.floor(at / this.block_size);
    if (!this.blocks.has(block)) this.blocks.set(block, inflated(`report-block-${block}`));
    return (await this.blocks.get(block))[at % this.block_size];
  }

  clock(us) {
    if (us === null) return "";
    if (!this.clock_times) return (us / 1e6).toFixed(6);
    return new Date(us / 1000).toISOString().slice(11, 19) + "." + String(us % 1e6).padStart(6, "0");
  }
}

function duration(us) {
  if (us === null || us === undefined) return "";
  const size = Math.abs(us);
  if (size < 1000) return `${us} µs`;
  if (size < 1e6) return `${(us / 1e3).toPrecision(size < 1e5 ? 3 : 4)} ms`;
  if (size < 6e7) return `${(us / 1e6).toPrecision(3)} s`;
  return `${Math.floor(us / 6e7)} min ${Math.round((us % 6e7) / 1e6)} s`;
}

const hex = (number, digits = 4) => "0x" + number.toString(16).padStart(digits, "0");

// An element with a class, text and children. Text is always text: nothing of the recording is ever parsed as HTML.
function element(tag, name = "", ...content) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...content);
  return made;
}
