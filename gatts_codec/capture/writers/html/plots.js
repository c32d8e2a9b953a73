// The two canvases: packets over time, and latency of calls over time. Both follow the range that is looked at.

function surface(canvas) {
  const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(box.width * ratio));
  canvas.height = Math.max(1, Math.round(box.height * ratio));
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, box.width, box.height);
  return { context, width: box.width, height: box.height };
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Horizontal position: time where the recording has it, frame numbers otherwise.
class Axis {
  constructor(recording) {
    this.recording = recording;
    this.timed = recording.frames.t.every((t) => t !== null);
    this.positions = this.timed ? recording.frames.t : recording.frames.t.map((_, at) => at);
    this.all();
  }

  all() {
    this.start = this.positions[0] ?? 0;
    this.stop = Math.max(this.positions.at(-1) ?? 1, this.start + 1);
  }

  zoomTo(start, stop) { [this.start, this.stop] = [start, Math.max(stop, start + 1)]; }
  toX(position, width) { return (position - this.start) / (this.stop - this.start) * width; }
  fromX(x, width) { return this.start + x / width * (this.stop - this.start); }
  contains(position) { return position >= this.start && position <= this.stop; }
  name(position) { return this.timed ? this.recording.clock(Math.round(position)) : `frame ${Math.round(position) + 1}`; }
}

class Overview {
  constructor(canvas, recording, axis, actions) {
    Object.assign(this, { canvas, recording, axis, actions });
    this.drag = null;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.end(event));
    canvas.addEventListener("dblclick", () => { axis.all(); actions.range(); });
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = [event.offsetX, event.offsetX];
  }

  move(event) {
    if (!this.drag) return;
    this.drag[1] = event.offsetX;
    this.draw();
  }

  end(event) {
    const [from, to] = [Math.min(...this.drag), Math.max(...this.drag)], width = this.canvas.clientWidth;
    this.drag = null;
    if (to - from > 5) {
      this.axis.zoomTo(this.axis.fromX(from, width), this.axis.fromX(to, width));
      this.actions.range();
    } else {
      this.actions.goTo(this.nearest(this.axis.fromX(event.offsetX, width)));
    }
    this.draw();
  }

  // The first frame at or behind a position.
  nearest(position) {
    const found = this.axis.positions.findIndex((each) => each >= position);
    return found < 0 ? this.recording.size - 1 : found;
  }

  draw() {
    const { context, width, height } = surface(this.canvas), bins = this.bins(Math.max(1, Math.floor(width / 2)));
    const most = Math.max(1, ...bins.map((bin) => bin.all)), ground = height - 14;
    bins.forEach((bin, at) => {
      const full = bin.all ? Math.max(2, Math.sqrt(bin.all / most) * (ground - 8)) : 0;
      context.fillStyle = colour("ack");
      context.fillRect(at * 2, ground - full, 2, full);
      const packets = full * bin.packets / Math.max(1, bin.all);
      context.fillStyle = colour("command");
      context.fillRect(at * 2, ground - packets, 2, packets);
      if (bin.again) this.tick(context, at * 2, ground, colour("warning"));
      if (bin.errors) this.tick(context, at * 2, ground, colour("bad"));
    });
    this.captions(context, width, height);
    if (this.drag) {
      context.fillStyle = colour("command") + "33";
      context.fillRect(Math.min(...this.drag), 0, Math.abs(this.drag[1] - this.drag[0]), height);
    }
  }

  tick(context, x, ground, style) {
    context.fillStyle = style;
    context.fillRect(x - 0.5, 0, 3, 6);
    context.globalAlpha = 0.35;
    context.fillRect(x, 6, 2, ground - 6);
    context.globalAlpha = 1;
  }

  bins(count) {
    const bins = Array.from({ length: count }, () => ({ all: 0, packets: 0, errors: 0, again: 0 })), r = this.recording;
    for (let at = 0; at < r.size; at++) {
      const position = this.axis.positions[at];
      if (!this.axis.contains(position)) continue;
      const bin = bins[Math.min(count - 1, Math.floor(this.axis.toX(position, count)))];
      bin.all++;
      bin.packets += r.kind(at) !== "ack";
      bin.errors += r.flag(at, PROBLEM | FLAG.failed);
      bin.again += r.flag(at, FLAG.copy | FLAG.restart);
    }
    return bins;
  }

  captions(context, width, height) {
    context.fillStyle = colour("dim");
    context.font = "11px system-ui, sans-serif";
    context.fillText(this.axis.name(this.axis.start), 4, height - 3);
    const end = this.axis.name(this.axis.stop);
    context.fillText(end, width - context.measureText(end).width - 4, height - 3);
  }
}

class LatencyPlot {
  constructor(canvas, summary, recording, axis, goTo) {
    Object.assign(this, { canvas, summary, recording, axis, goTo });
    this.what = "response";
    this.points = [];
    this.hot = null;
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => { this.hot = null; this.draw(); });
    canvas.addEventListener("click", () => { if (this.hot) goTo(this.hot.call.command); });
  }

  show(what) { this.what = what; this.draw(); }

  draw() {
    const { context, width, height } = surface(this.canvas);
    const values = this.recording.calls.filter((call) => call[`${this.what}_us`] >= 0 && this.inRange(call));
    const latency = (call) => call[`${this.what}_us`];
    const highest = values.reduce((most, call) => Math.max(most, latency(call)), 1000) * 1.5;
    const lowest = Math.max(1, values.reduce((least, call) => Math.min(least, latency(call)), 100) / 1.5);
    const toY = (us) => 12 + (height - 18) * (1 - Math.log(Math.max(us, lowest) / lowest) / Math.log(highest / lowest));
    this.grid(context, width, lowest, highest, toY);
    this.points = values.map((call) => ({ call, x: this.x(call, width), y: toY(latency(call)) }));
    for (const point of this.points) this.dot(context, point);
    for (const call of this.recording.calls) if (this.unanswered(call)) this.cross(context, this.x(call, width));
    if (this.hot) this.caption(context, width, height);
    this.summary.textContent = this.summarised(values);
  }

  inRange(call) { return this.axis.contains(this.axis.positions[call.command]); }
  unanswered(call) {
    const outcomes = this.what === "ack" ? ["no ack"] : ["no ack", "no response"];
    return outcomes.includes(call.outcome) && this.inRange(call);
  }
  x(call, width) { return 4 + this.axis.toX(this.axis.positions[call.command], width - 8); }

  grid(context, width, lowest, highest, toY) {
    context.font = "10px system-ui, sans-serif";
    for (let us = 1; us <= highest; us *= 10) {
      if (us < lowest) continue;
      context.fillStyle = colour("line");
      context.fillRect(0, toY(us), width, 1);
      context.fillStyle = colour("dim");
      context.fillText(duration(us), 3, toY(us) - 2);
    }
  }

  dot(context, { call, x, y }) {
    context.fillStyle = colour(call.failed ? "bad" : call.copies ? "warning" : "response");
    context.beginPath();
    context.arc(x, y, call === this.hot?.call ? 5 : 2.2, 0, 7);
    context.fill();
  }

  cross(context, x) {
    context.strokeStyle = colour("bad");
    context.lineWidth = 1.5;
    context.beginPath();
    for (const way of [-1, 1]) { context.moveTo(x - 3, 7 - 3 * way); context.lineTo(x + 3, 7 + 3 * way); }
    context.stroke();
  }

  hover(event) {
    const near = (point) => (point.x - event.offsetX) ** 2 + (point.y - event.offsetY) ** 2;
    let best = null;
    for (const point of this.points) if (!best || near(point) < near(best)) best = point;
    this.hot = best && near(best) < 400 ? best : null;
    this.canvas.style.cursor = this.hot ? "pointer" : "";
    this.draw();
  }

  caption(context, width, height) {
    const { call, x } = this.hot, text = `${call.name}: ${duration(call[`${this.what}_us`])}` +
      (call.copies ? `, sent ${call.copies + 1} times` : "") + `  (frame ${call.command + 1})`;
    context.font = "12px system-ui, sans-serif";
    const size = context.measureText(text).width + 12, left = Math.min(Math.max(x - size / 2, 2), width - size - 2);
    context.fillStyle = colour("text");
    context.fillRect(left, height - 22, size, 18);
    context.fillStyle = colour("bg");
    context.fillText(text, left + 6, height - 9);
  }

  summarised(values) {
    const sorted = values.map((call) => call[`${this.what}_us`]).sort((a, b) => a - b);
    const unanswered = this.recording.calls.filter((call) => this.unanswered(call)).length;
    const part = (share) => duration(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    const told = sorted.length ? `${sorted.length} call${sorted.length > 1 ? "s" : ""}, median ${part(0.5)}, 99 % ${part(0.99)}, longest ${part(1)}` : "no answered calls";
    return told + (unanswered ? `, ${unanswered} without (✕)` : "");
  }
}
