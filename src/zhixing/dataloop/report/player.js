"use strict";
/** A top view of one scene: lanes, lights, everybody, and who drove in it. A rival's place is shown as an outline. */
export class Player {
  /** @param {HTMLCanvasElement} canvas @param {(t: number) => void} onTime */
  constructor(canvas, onTime, view = "candidate") {
    this.canvas = canvas; this.onTime = onTime; this.t = 0; this.isPlaying = false; this.view = view; this.reach = 110;
    this.last = 0; this.rate = 1;
    this.watch = new ResizeObserver(() => this.draw()); this.watch.observe(canvas);
  }
  show(scene, t = 0) { this.scene = scene; this.t = t; this.draw(); this.onTime(t); }
  get drivers() { return ["candidate", "incumbent"].filter((who) => this.scene[who]); }
  get end() { return Math.max(...this.drivers.map((who) => this.scene[who].t.at(-1))); }
  seek(t) { this.t = Math.min(Math.max(t, 0), this.end); this.draw(); this.onTime(this.t); }
  play(on) {
    this.isPlaying = on; this.last = performance.now();
    if (on && this.t >= this.end) this.t = 0;
    if (on) requestAnimationFrame((now) => this.step(now));
  }
  step(now) {
    if (!this.isPlaying) return;
    const t = this.t + (this.rate * (now - this.last)) / 1000;
    if (t >= this.end) this.isPlaying = false;
    this.seek(t); this.last = now;
    if (this.isPlaying) requestAnimationFrame((next) => this.step(next));
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
  /** Where the eye is and how many metres wide it sees: two drivers are watched from one place, and both are in it. */
  eye(aspect) {
    const [x, y] = this.ego(this.view), { spread } = this.scene;
    if (spread) return [x, y, Math.min(Math.max(spread[0] + 24, (spread[1] + 16) * aspect, 45), this.reach)];
    if (this.drivers.length < 2) return [x, y, this.reach];
    const [a, b] = this.drivers.map((who) => this.ego(who)), dx = Math.abs(a[0] - b[0]), dy = Math.abs(a[1] - b[1]);
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, Math.min(Math.max(1.2 * dx + 40, (1.2 * dy + 24) * aspect, this.reach), 400)];
  }
  draw() {
    if (!this.scene) return;
    const { canvas, scene } = this, ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio; canvas.height = canvas.clientHeight * ratio;
    if (!canvas.width) return;
    const ctx = canvas.getContext("2d"), css = getComputedStyle(canvas), colour = (name) => css.getPropertyValue(name);
    const [ex, ey, reach] = this.eye(canvas.width / canvas.height), scale = canvas.width / reach;
    ctx.setTransform(scale, 0, 0, -scale, canvas.width / 2 - ex * scale, canvas.height / 2 + ey * scale);
    for (const [kind, outline] of scene.lanes) {
      this.shape(ctx, outline, kind === "driving" ? colour("--road") : null, colour("--line"), 0.12);
    }
    const lights = new Map(scene.lights || []);
    scene.stops.forEach((stop, k) => {
      const now = (lights.get(k) || []).filter(([since]) => since <= this.t + 1e-6).at(-1);
      const shown = now ? { 1: "--bad", 2: "--warn", 3: "--good", 4: "--warn" }[now[1]] : null;
      this.shape(ctx, stop, null, colour(shown || "--theirs"), shown ? 0.7 : 0.35, false);
    });
    if (scene.goal) {
      const [x1, y1, x2, y2] = scene.goal;
      ctx.strokeStyle = colour("--good"); ctx.lineWidth = 0.3; ctx.setLineDash([1, 0.6]);
      ctx.strokeRect(x1, y1, x2 - x1, y2 - y1); ctx.setLineDash([]);
    }
    const run = scene[this.view], [k, share] = Player.place(run.t, this.t);
    const roles = new Map((scene.roles || []).map(([role, id], n) => [id, [role, n]])), labels = [];
    for (const other of run.others) {
      const n = k - other.from, count = other.states.length / 3;
      if (n < 0 || n >= count) continue;
      const [x, y, yaw] = Player.between(other.states, 3, n, n + 1 < count ? share : 0), role = roles.get(other.id);
      const fill = other.id === run.at_fault && this.t >= run.t.at(-1) - 1 ? colour("--bad") :
        role ? colour(`--role-${role[1] % 4}`) :
        ["car", "truck", "bus"].includes(other.kind) ? colour("--theirs") : colour("--warn");
      this.box(ctx, x, y, yaw, other.size, fill, null, roles.size && !role ? 0.55 : 1);
      if (role) labels.push([x, y, role[0], fill, role[1] % 2 ? 24 : -12]);
    }
    if (scene.body) {
      const rival = this.view === "candidate" ? "incumbent" : "candidate";
      if (scene[rival]) {
        const [rx, ry, ryaw] = this.ego(rival);
        this.box(ctx, rx, ry, ryaw, scene.body, null, colour(rival === "candidate" ? "--ours" : "--ink"));
      }
      const [x, y, yaw] = this.ego(this.view);
      this.box(ctx, x, y, yaw, scene.body, colour(this.view === "candidate" ? "--ours" : "--ink"), null);
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const [x, y, text, fill, below] of labels) {
      const px = (canvas.width / 2 + (x - ex) * scale) / ratio, py = (canvas.height / 2 - (y - ey) * scale) / ratio;
      ctx.font = `600 13px ${css.fontFamily}`; ctx.lineWidth = 4; ctx.strokeStyle = colour("--paper"); ctx.fillStyle = fill;
      ctx.strokeText(text, px + 12, py + below); ctx.fillText(text, px + 12, py + below);
    }
  }
  shape(ctx, points, fill, stroke, width, closed = true) {
    ctx.beginPath();
    for (let n = 0; n < points.length; n += 2) ctx.lineTo(points[n], points[n + 1]);
    if (closed) ctx.closePath();
    if (fill) { ctx.fillStyle = fill; ctx.fill(); }
    ctx.strokeStyle = stroke; ctx.lineWidth = width; ctx.stroke();
  }
  box(ctx, x, y, yaw, [length, width], fill, stroke, alpha = 1) {
    ctx.save(); ctx.translate(x, y); ctx.rotate(yaw); ctx.globalAlpha = alpha;
    if (fill) {
      ctx.fillStyle = fill; ctx.fillRect(-length / 2, -width / 2, length, width);
      ctx.fillStyle = "rgba(255,255,255,.55)"; ctx.fillRect(length / 2 - 0.18 * length, -width * 0.38, 0.1 * length, width * 0.76);
    }
    if (stroke) { ctx.strokeStyle = stroke; ctx.lineWidth = 0.25; ctx.strokeRect(-length / 2, -width / 2, length, width); }
    ctx.restore();
  }
}
