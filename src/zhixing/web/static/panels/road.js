// The 3D view of the road around the car. Frames come ten times a second and are shown a moment late, so that
// everybody can be drawn between two samples. Resolution follows what the machine can do.
import { LitElement, css, html } from "lit";
import * as THREE from "three";
import { Actors } from "../lib/actors.js";
import { Speak, t } from "../lib/i18n.js";
import { Lamps } from "../lib/lamps.js";
import { flatMaterial, roadMesh } from "../lib/road_mesh.js";
import { vehicle } from "../lib/vehicle.js";

const LATE_MS = 130;
const SLOW_MS = 26, FAST_MS = 19; // between pictures; a screen of 60 Hz cannot do better than 16.7
const LEAST_RATIO = 0.3;
const FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 60_000;
const CAMERA = { back: 12.5, up: 7, ahead: 18 };
const RAISED = 0.17;
const PATH_HALF_M = 0.75, PATH_Z = 0.06, MAX_PATH_POINTS = 64;

class RoadPanel extends LitElement {
  static styles = css`
    :host {
      position: absolute;
      inset: 0;
    }
    canvas {
      display: block;
      width: 100%;
      height: 100%;
    }
  `;

  #renderer = /** @type {THREE.WebGLRenderer | null} */ (null);
  #scene = new THREE.Scene();
  #camera = new THREE.PerspectiveCamera(48, 1, 1, 310);
  #actors = /** @type {Actors | null} */ (null);
  #lamps = /** @type {Lamps | null} */ (null);
  #path = new THREE.Mesh();
  #ratio = 1;
  #since = (SLOW_MS + FAST_MS) / 2;
  #wait = FIRST_WAIT_MS;
  #sharpenAt = 0;
  #view = { x: 0, y: 0, yaw: 0, isSet: false };
  /** Milliseconds between the newest frames, for tests. @type {number[]} */
  frameTimes = [];

  constructor() {
    super();
    new Speak(this);
    this.#camera.up.set(0, 0, 1);
  }

  render() {
    return html`<canvas role="img" aria-label=${t("road.label")}></canvas>`;
  }

  firstUpdated() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector("canvas"));
    const isSharp = new URLSearchParams(location.search).get("quality") === "high";
    try {
      this.#renderer = new THREE.WebGLRenderer({ canvas, antialias: isSharp || devicePixelRatio > 1, powerPreference: "high-performance" });
    } catch {
      return; // no WebGL: the rest of the cockpit works without the picture
    }
    this.#ratio = isSharp ? Math.max(devicePixelRatio, 1) : Math.min(devicePixelRatio, 1);
    this.isSharp = isSharp;
    this.#build();
    vehicle.addEventListener("road", () => this.#build());
    window.addEventListener("themechange", () => this.#build());
    new ResizeObserver(() => this.#resize()).observe(this);
    let last = performance.now();
    const loop = (/** @type {number} */ now) => {
      requestAnimationFrame(loop);
      if (document.hidden) return;
      this.#adapt(now - last, now); // before drawing: a canvas that changes its size is empty
      this.#draw();
      this.frameTimes.push(now - last);
      if (this.frameTimes.length > 300) this.frameTimes.shift();
      last = now;
    };
    requestAnimationFrame(loop);
  }

  /** @param {string} name */
  #colour(name) {
    const text = getComputedStyle(document.documentElement).getPropertyValue(`--road-${name}`).trim();
    return new THREE.Color(text || "gray");
  }

  #build() {
    const colourOf = (/** @type {string} */ name) => this.#colour(name);
    this.#scene.clear();
    const sky = colourOf("sky");
    this.#scene.background = sky;
    this.#scene.fog = new THREE.Fog(sky, 110, 300);
    const ground = new THREE.Mesh(new THREE.PlaneGeometry(4000, 4000), flatMaterial(colourOf("ground")));
    ground.position.set(400, 200, 0);
    ground.renderOrder = -20;
    const sun = new THREE.DirectionalLight(0xffffff, 1.6);
    sun.position.set(-0.5, -0.7, 1.2);
    this.#scene.add(ground, new THREE.HemisphereLight(0xffffff, colourOf("ground"), 1.7), sun);
    if (vehicle.road) {
      this.#scene.add(roadMesh(vehicle.road, colourOf));
      this.#lamps = new Lamps(vehicle.road, colourOf);
      this.#scene.add(this.#lamps.group);
    }
    this.#actors = new Actors(colourOf);
    this.#scene.add(this.#actors.group);
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(MAX_PATH_POINTS * 6), 3));
    const index = [];
    for (let k = 0; k + 1 < MAX_PATH_POINTS; k++) index.push(2 * k, 2 * k + 1, 2 * k + 3, 2 * k, 2 * k + 3, 2 * k + 2);
    geometry.setIndex(index);
    this.#path = new THREE.Mesh(
      geometry,
      new THREE.MeshBasicMaterial({ color: colourOf("path"), transparent: true, opacity: 0.6, side: THREE.DoubleSide, depthWrite: false }),
    );
    this.#path.frustumCulled = false;
    this.#scene.add(this.#path);
    this.#resize();
  }

  #resize() {
    const { width, height } = this.getBoundingClientRect();
    if (!this.#renderer || !width || !height) return;
    this.#camera.aspect = width / height;
    // The lower part of the picture lies under the instruments, so the middle of the view is moved up.
    this.#camera.setViewOffset(width, height, 0, height * RAISED, width, height);
    this.#renderer.setPixelRatio(this.#ratio);
    this.#renderer.setSize(width, height, false);
  }

  /** Draw fewer or more pixels; what was too much is tried again later and later. @param {number} sinceMs the last picture @param {number} now */
  #adapt(sinceMs, now) {
    if (this.isSharp) return;
    this.#since += 0.06 * (Math.min(sinceMs, 100) - this.#since);
    const most = Math.min(devicePixelRatio, 1.5);
    if (this.#since > SLOW_MS && this.#ratio > LEAST_RATIO) {
      this.#ratio = Math.max(LEAST_RATIO, this.#ratio * 0.85);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
      this.#sharpenAt = now + this.#wait;
    } else if (this.#since < FAST_MS && this.#ratio < most && now > this.#sharpenAt) {
      this.#ratio = Math.min(most, this.#ratio * 1.1);
      this.#sharpenAt = now + FIRST_WAIT_MS;
    } else return;
    this.#since = (SLOW_MS + FAST_MS) / 2;
    this.#resize();
  }

  #draw() {
    const frames = vehicle.frames;
    if (!this.#renderer || !this.#actors || !frames.length) return;
    const moment = performance.now() - LATE_MS;
    let k = frames.length - 1;
    while (k > 0 && frames[k - 1].at > moment) k--;
    const after = frames[k], before = frames[Math.max(k - 1, 0)];
    const span = after.at - before.at;
    const share = span > 0 ? Math.min(Math.max((moment - before.at) / span, 0), 1.5) : 1;
    this.#actors.place(before.frame, after.frame, share, vehicle.roadUsers);
    this.#lamps?.show(after.frame.lights);
    const ego = this.#actors.egoBetween(before.frame, after.frame, share);
    this.#drawPath(after.frame.plan, ego);
    this.#follow(ego);
    this.#renderer.render(this.#scene, this.#camera);
  }

  /** The camera swings behind the car, softly. @param {{x: number, y: number, yaw: number}} ego */
  #follow(ego) {
    const view = this.#view;
    const isFar = Math.hypot(ego.x - view.x, ego.y - view.y) > 30;
    const softness = view.isSet && !isFar ? 0.08 : 1;
    view.yaw += Math.atan2(Math.sin(ego.yaw - view.yaw), Math.cos(ego.yaw - view.yaw)) * softness;
    [view.x, view.y, view.isSet] = [ego.x, ego.y, true];
    const c = Math.cos(view.yaw), s = Math.sin(view.yaw);
    this.#camera.position.set(ego.x - CAMERA.back * c, ego.y - CAMERA.back * s, CAMERA.up);
    this.#camera.lookAt(ego.x + CAMERA.ahead * c, ego.y + CAMERA.ahead * s, 0.5);
  }

  /** @param {number[][]} plan @param {{x: number, y: number}} ego */
  #drawPath(plan, ego) {
    const points = plan.filter(([x, y], k) => k === 0 || Math.hypot(x - plan[k - 1][0], y - plan[k - 1][1]) > 0.15);
    const attribute = /** @type {THREE.BufferAttribute} */ (this.#path.geometry.attributes.position);
    const count = Math.min(points.length, MAX_PATH_POINTS);
    this.#path.visible = count > 1 && Math.hypot(points[count - 1][0] - ego.x, points[count - 1][1] - ego.y) > 2;
    for (let k = 0; k < count; k++) {
      const a = points[Math.max(k - 1, 0)], b = points[Math.min(k + 1, count - 1)];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      const nx = (-(b[1] - a[1]) / length) * PATH_HALF_M, ny = ((b[0] - a[0]) / length) * PATH_HALF_M;
      attribute.setXYZ(2 * k, points[k][0] + nx, points[k][1] + ny, PATH_Z);
      attribute.setXYZ(2 * k + 1, points[k][0] - nx, points[k][1] - ny, PATH_Z);
    }
    attribute.needsUpdate = true;
    this.#path.geometry.setDrawRange(0, Math.max(0, count - 1) * 6);
  }
}

customElements.define("road-panel", RoadPanel);
