"use strict";
/** A top view of one scene: lanes, everybody, the candidate and, as an outline, the incumbent. */
class Player {
  /** @param {HTMLCanvasElement} canvas @param {(t: number) => void} onTime */
  constructor(canvas, onTime) {
    this.canvas = canvas; this.onTime = onTime; this.t = 0; this.isPlaying = false; this.view = "candidate";
    this.last = 0;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }
  show(scene) { this.scene = scene; this.t = 0; this.draw(); this.onTime(0); }
  get end() { return Math.max(...["candidate", "incumbent"].map((who) => this.scene[who].t.at(-1))); }
  seek(t) { this.t = Math.min(Math.max(t, 0), this.end); this.draw(); this.onTime(this.t); }
  play(on) {
    this.isPlaying = on; this.last = performance.now();
    if (on && this.t >= this.end) this.t = 0;
    if (on) requestAnimationFrame((now) => this.step(now));
  }
  step(now) {
    if (!this.isPlaying) return;
    this.seek(this.t + (now - this.last) / 1000); this.last = now;
    if (this.t >= this.end) { this.isPlaying = false; this.onTime(this.t); return; }
    requestAnimationFrame((next) => this.step(next));
  }
  /** Index of the picture before a time and how far it is to the next. */
  static place(times, t) {
    let k = 0;
    while (k < times.length - 2 && times[k + 1] <= t) k++;
    const span = times.length > 1 ? times[k + 1] - times[k] : 1;
    return [k, Math.min(Math.max((t - times[k]) / span, 0), 1)];
  }
  static between(values, width, k, share) {
    const at = (n) => values.slice(n * width, n * width + width);
    const one = at(k), two = values.length > (k + 1) * width ? at(k + 1) : one;
    return one.map((value, n) => {
      let step = two[n] - value;
      if (n === 2) step = Math.atan2(Math.sin(step), Math.cos(step));
      return value + share * step;
    });
  }
  ego(who) {
    const run = this.scene[who], [k, share] = Player.place(run.t, this.t);
    return Player.between(run.ego, 4, k, share);
  }
  draw() {
    if (!this.scene) return;
    const { canvas } = this, ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio; canvas.height = canvas.clientHeight * ratio;
    const ctx = canvas.getContext("2d"), css = getComputedStyle(canvas), colour = (name) => css.getPropertyValue(name);
    const [ex, ey] = this.ego(this.view), scale = canvas.width / 110;
    ctx.setTransform(scale, 0, 0, -scale, canvas.width / 2 - ex * scale, canvas.height / 2 + ey * scale);
    for (const [kind, outline] of this.scene.lanes) {
      this.shape(ctx, outline, kind === "driving" ? colour("--road") : null, colour("--line"), 0.12);
    }
    for (const stop of this.scene.stops) { this.shape(ctx, stop, null, colour("--theirs"), 0.35, false); }
    if (this.scene.goal) {
      const [x1, y1, x2, y2] = this.scene.goal;
      ctx.strokeStyle = colour("--good"); ctx.lineWidth = 0.3; ctx.setLineDash([1, 0.6]);
      ctx.strokeRect(x1, y1, x2 - x1, y2 - y1); ctx.setLineDash([]);
    }
    const run = this.scene[this.view], [k, share] = Player.place(run.t, this.t);
    for (const other of run.others) {
      const n = k - other.from, count = other.states.length / 3;
      if (n < 0 || n >= count) continue;
      const [x, y, yaw] = Player.between(other.states, 3, n, n + 1 < count ? share : 0);
      const fill = other.id === run.at_fault && this.t >= run.t.at(-1) - 1 ? colour("--bad") :
        ["car", "truck", "bus"].includes(other.kind) ? colour("--theirs") : colour("--warn");
      this.box(ctx, x, y, yaw, other.size, fill, null);
    }
    const rival = this.view === "candidate" ? "incumbent" : "candidate";
    const [rx, ry, ryaw] = this.ego(rival), [x, y, yaw] = this.ego(this.view);
    this.box(ctx, rx, ry, ryaw, this.scene.body, null, colour(rival === "candidate" ? "--ours" : "--ink"));
    this.box(ctx, x, y, yaw, this.scene.body, colour(this.view === "candidate" ? "--ours" : "--ink"), null);
  }
  shape(ctx, points, fill, stroke, width, closed = true) {
    ctx.beginPath();
    for (let n = 0; n < points.length; n += 2) ctx.lineTo(points[n], points[n + 1]);
    if (closed) ctx.closePath();
    if (fill) { ctx.fillStyle = fill; ctx.fill(); }
    ctx.strokeStyle = stroke; ctx.lineWidth = width; ctx.stroke();
  }
  box(ctx, x, y, yaw, [length, width], fill, stroke) {
    ctx.save(); ctx.translate(x, y); ctx.rotate(yaw);
    if (fill) {
      ctx.fillStyle = fill; ctx.fillRect(-length / 2, -width / 2, length, width);
      ctx.fillStyle = "rgba(255,255,255,.55)"; ctx.fillRect(length / 2 - 0.18 * length, -width * 0.38, 0.1 * length, width * 0.76);
    }
    if (stroke) { ctx.strokeStyle = stroke; ctx.lineWidth = 0.25; ctx.strokeRect(-length / 2, -width / 2, length, width); }
    ctx.restore();
  }
}
