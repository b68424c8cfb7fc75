// Everybody on the road as instanced meshes, placed between the two samples around a moment.
import * as THREE from "three";
import { CLASSES, shapeOf } from "./shapes.js";

const MAX_OF_A_CLASS = 256;
const [ID, CLASS, X, Y, YAW, , LENGTH, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7];

/** The shortest way from one angle to another, by a share. @param {number} from @param {number} to @param {number} share */
export function turned(from, to, share) {
  return from + Math.atan2(Math.sin(to - from), Math.cos(to - from)) * share;
}

export class Actors {
  group = new THREE.Group();
  /** @type {Map<string, THREE.InstancedMesh>} */
  #meshes = new Map();
  #ring;
  #pose = new THREE.Object3D();

  /** @param {(name: string) => THREE.Color} colourOf */
  constructor(colourOf) {
    const material = new THREE.MeshLambertMaterial({ vertexColors: true });
    for (const name of CLASSES) {
      const mesh = new THREE.InstancedMesh(shapeOf(name, colourOf), material, MAX_OF_A_CLASS);
      mesh.frustumCulled = false;
      mesh.count = 0;
      this.#meshes.set(name, mesh);
      this.group.add(mesh);
    }
    const ring = new THREE.RingGeometry(1, 1.16, 40);
    this.#ring = new THREE.Mesh(ring, new THREE.MeshBasicMaterial({ color: colourOf("focus"), transparent: true, opacity: 0.85 }));
    this.#ring.visible = false;
    this.group.add(this.#ring);
  }

  /**
   * Place everybody.
   * @param {any} before @param {any} after frames around the moment @param {number} share how far between them
   * @param {Record<string, string>} names of classes by number
   */
  place(before, after, share, names) {
    const counts = new Map();
    const past = new Map(before.users.map((/** @type {number[]} */ user) => [user[ID], user]));
    this.#ring.visible = false;
    for (const user of after.users) {
      const old = past.get(user[ID]) ?? user;
      const x = old[X] + (user[X] - old[X]) * share, y = old[Y] + (user[Y] - old[Y]) * share;
      this.#put(names[user[CLASS]] ?? "object", counts, x, y, turned(old[YAW], user[YAW], share), user[LENGTH], user[WIDTH]);
      if (user[ID] === after.decision.object) {
        this.#ring.visible = true;
        const radius = 0.5 * Math.hypot(user[LENGTH], user[WIDTH]) + 0.5;
        this.#ring.position.set(x, y, 0.06);
        this.#ring.scale.setScalar(radius);
      }
    }
    const ego = this.egoBetween(before, after, share);
    this.#put("ego", counts, ego.x, ego.y, ego.yaw, after.ego.length, after.ego.width);
    for (const [name, mesh] of this.#meshes) {
      mesh.count = counts.get(name) ?? 0;
      mesh.instanceMatrix.needsUpdate = true;
    }
  }

  /** @param {any} before @param {any} after @param {number} share */
  egoBetween(before, after, share) {
    const a = before.ego, b = after.ego;
    return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, yaw: turned(a.yaw, b.yaw, share) };
  }

  /** @param {string} name @param {Map<string, number>} counts @param {number} x @param {number} y @param {number} yaw @param {number} length @param {number} width */
  #put(name, counts, x, y, yaw, length, width) {
    const mesh = /** @type {THREE.InstancedMesh} */ (this.#meshes.get(name) ?? this.#meshes.get("object"));
    const index = counts.get(name) ?? 0;
    if (index >= MAX_OF_A_CLASS) return;
    counts.set(name, index + 1);
    this.#pose.position.set(x, y, 0);
    this.#pose.rotation.set(0, 0, yaw);
    this.#pose.scale.set(length, width, 1);
    this.#pose.updateMatrix();
    mesh.setMatrixAt(index, this.#pose.matrix);
  }
}
