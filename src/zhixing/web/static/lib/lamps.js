// Traffic lights: a pole beside each stop line, one lamp a movement (left turns on the left).
import * as THREE from "three";

const STATES = ["off", "red", "yellow", "green", "yellow"];
const LAMP_Z = 4.4, BESIDE_M = 1.1, APART_M = 0.62;
const FLASHING = 4, BLINK_MS = 1000; // GB 14886-2016, 4.3: 55 to 65 times a minute

export class Lamps {
  group = new THREE.Group();
  /** @type {{mesh: THREE.Mesh, group: number}[]} */
  #lamps = [];
  /** @type {THREE.MeshBasicMaterial[]} */
  #materials;

  /** @param {any} road @param {(name: string) => THREE.Color} colourOf */
  constructor(road, colourOf) {
    this.#materials = STATES.map((name) => new THREE.MeshBasicMaterial({ color: colourOf(name) }));
    const pole = new THREE.MeshBasicMaterial({ color: colourOf("pole") });
    const lampGeometry = new THREE.SphereGeometry(0.24, 12, 8);
    const poleGeometry = new THREE.CylinderGeometry(0.09, 0.09, LAMP_Z, 6).rotateX(Math.PI / 2).translate(0, 0, LAMP_Z / 2);
    for (const line of road.stop_lines) {
      if (!line.groups.length) continue;
      const [[lx, ly], [rx, ry]] = line.xy;
      const width = Math.hypot(rx - lx, ry - ly) || 1;
      const ux = (rx - lx) / width, uy = (ry - ly) / width;
      const post = new THREE.Mesh(poleGeometry, pole);
      post.position.set(rx + BESIDE_M * ux, ry + BESIDE_M * uy, 0);
      const span = line.groups.length * APART_M + 0.2;
      const plate = new THREE.Mesh(new THREE.BoxGeometry(span, 0.14, 0.72), pole);
      plate.position.set(rx + BESIDE_M * ux, ry + BESIDE_M * uy, LAMP_Z);
      plate.rotation.z = Math.atan2(uy, ux);
      this.group.add(post, plate);
      line.groups.forEach((/** @type {number} */ group, /** @type {number} */ index) => {
        const mesh = new THREE.Mesh(lampGeometry, this.#materials[0]);
        const shift = (index - (line.groups.length - 1) / 2) * APART_M + BESIDE_M;
        // In front of the plate, seen from the approach: forward is the right-hand direction turned left.
        mesh.position.set(rx + shift * ux + 0.16 * uy, ry + shift * uy - 0.16 * ux, LAMP_Z);
        this.group.add(mesh);
        this.#lamps.push({ mesh, group });
      });
    }
  }

  /** @param {number[]} lights by group */
  show(lights) {
    const isDark = performance.now() % BLINK_MS > BLINK_MS / 2;
    for (const { mesh, group } of this.#lamps) {
      const state = lights[group] ?? 0;
      mesh.material = this.#materials[state === FLASHING && isDark ? 0 : state];
    }
  }
}
