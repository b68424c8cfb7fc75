// The map as meshes: surfaces by kind, markings, zebra crossings. World frame, metres, z up.
import * as THREE from "three";

const ORDER = /** @type {Record<string, number>} */ ({
  hull: -19, junction: -18, driving: -17, biking: -16, sidewalk: -15, marking: -14, centre: -14, zebra: -13,
});
const TILE_M = 80;
const DASH_M = 4, GAP_M = 6;
const ZEBRA_M = 0.5, ZEBRA_EVERY_M = 1.0, ZEBRA_FROM_M = 4.6;

/**
 * A material for what lies flat on the ground. Surfaces a few centimetres apart cannot be told apart by depth from afar,
 * so they are painted one over the other, before everything that stands.
 * @param {THREE.Color} color
 */
export function flatMaterial(color) {
  return new THREE.MeshBasicMaterial({ color, depthTest: false, depthWrite: false });
}

/** Collects triangles and makes one mesh of each square of the map, so that what is out of sight costs nothing. */
class Sheet {
  /** @type {Map<string, number[]>} */
  #tiles = new Map();

  /** A triangle, corners counter-clockwise. @param {number[]} a @param {number[]} b @param {number[]} c */
  triangle(a, b, c) {
    const key = `${Math.floor(a[0] / TILE_M)} ${Math.floor(a[1] / TILE_M)}`;
    const positions = this.#tiles.get(key) ?? [];
    if (!positions.length) this.#tiles.set(key, positions);
    for (const [x, y] of [a, b, c]) positions.push(x, y, 0);
  }

  /** A quadrilateral, corners counter-clockwise. @param {number[]} a @param {number[]} b @param {number[]} c @param {number[]} d */
  quad(a, b, c, d) {
    this.triangle(a, b, c);
    this.triangle(a, c, d);
  }

  /** @param {number[][]} left @param {number[][]} right */
  strip(left, right) {
    for (let k = 0; k + 1 < left.length; k++) this.quad(right[k], right[k + 1], left[k + 1], left[k]);
  }

  /** @param {THREE.Color} colour @param {number} order of painting: what lies flat hides nothing but what was painted before */
  mesh(colour, order) {
    const group = new THREE.Group(), material = flatMaterial(colour);
    for (const positions of this.#tiles.values()) {
      const geometry = new THREE.BufferGeometry();
      geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
      geometry.computeBoundingSphere();
      const mesh = new THREE.Mesh(geometry, material);
      mesh.matrixAutoUpdate = false;
      mesh.renderOrder = order;
      group.add(mesh);
    }
    return group;
  }
}

/** The distance along a polyline at each of its points. @param {number[][]} line */
function distances(line) {
  const found = [0];
  for (let k = 1; k < line.length; k++)
    found.push(found[k - 1] + Math.hypot(line[k][0] - line[k - 1][0], line[k][1] - line[k - 1][1]));
  return found;
}

/** @param {number[][]} line @param {number[]} along @param {number} s */
function at(line, along, s) {
  let k = 1;
  while (k < along.length - 1 && along[k] < s) k++;
  const share = Math.min(Math.max((s - along[k - 1]) / Math.max(along[k] - along[k - 1], 1e-6), 0), 1);
  return [
    line[k - 1][0] + share * (line[k][0] - line[k - 1][0]),
    line[k - 1][1] + share * (line[k][1] - line[k - 1][1]),
  ];
}

/** A painted line of some width. @param {Sheet} sheet @param {number[][]} line @param {number} width */
function paint(sheet, line, width) {
  const left = [], right = [];
  for (let k = 0; k < line.length; k++) {
    const a = line[Math.max(k - 1, 0)], b = line[Math.min(k + 1, line.length - 1)];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const nx = (-(b[1] - a[1]) / length) * (width / 2), ny = ((b[0] - a[0]) / length) * (width / 2);
    left.push([line[k][0] + nx, line[k][1] + ny]);
    right.push([line[k][0] - nx, line[k][1] - ny]);
  }
  sheet.strip(left, right);
}

/** @param {Sheet} sheet @param {number[][]} line */
function paintDashes(sheet, line) {
  const along = distances(line), length = along.at(-1) ?? 0;
  for (let s = 1; s + DASH_M < length; s += DASH_M + GAP_M)
    paint(sheet, [at(line, along, s), at(line, along, s + DASH_M)], 0.15);
}

/** @param {Sheet} sheet @param {any} lane */
function paintZebra(sheet, lane) {
  const left = distances(lane.left), right = distances(lane.right);
  const length = Math.min(left.at(-1) ?? 0, right.at(-1) ?? 0);
  const scale = (right.at(-1) ?? 1) / (left.at(-1) || 1);
  for (let s = ZEBRA_FROM_M; s < length - ZEBRA_FROM_M; s += ZEBRA_EVERY_M) {
    const e = s + ZEBRA_M;
    sheet.quad(
      at(lane.right, right, s * scale), at(lane.right, right, e * scale), at(lane.left, left, e), at(lane.left, left, s),
    );
  }
}

/** The whole map as a group. @param {any} road @param {(name: string) => THREE.Color} colourOf */
export function roadMesh(road, colourOf) {
  const surfaces = /** @type {Record<string, Sheet>} */ ({});
  for (const kind of ["junction", "driving", "biking", "sidewalk"]) surfaces[kind] = new Sheet();
  const marking = new Sheet(), centre = new Sheet(), zebra = new Sheet();
  for (const lane of road.lanes) {
    if (lane.kind === "crossing") {
      surfaces.junction.strip(lane.left, lane.right);
      paintZebra(zebra, lane);
      continue;
    }
    const kind = lane.junction >= 0 && lane.kind === "driving" ? "junction" : lane.kind;
    if (!(kind in surfaces) || (lane.junction >= 0 && lane.kind === "biking")) continue;
    surfaces[kind].strip(lane.left, lane.right);
    if (lane.kind === "driving" && lane.junction < 0) {
      if (lane.left_lane < 0) paint(centre, lane.left, 0.18);
      if (lane.right_lane < 0) paint(marking, lane.right, 0.15);
      else paintDashes(marking, lane.right);
    }
  }
  for (const line of road.stop_lines) paint(marking, line.xy, 0.4);
  const group = new THREE.Group();
  group.add(fillJunctions(road, colourOf("junction")));
  for (const [kind, sheet] of Object.entries(surfaces)) group.add(sheet.mesh(colourOf(kind), ORDER[kind]));
  for (const [kind, sheet] of Object.entries({ marking, centre, zebra })) group.add(sheet.mesh(colourOf(kind), ORDER[kind]));
  return group;
}

/** What lies between the lanes of a crossroads with lights: their hull. A roundabout keeps its island. @param {any} road @param {THREE.Color} colour */
function fillJunctions(road, colour) {
  const sheet = new Sheet();
  const inside = road.lanes.filter((/** @type {any} */ lane) => lane.junction >= 0);
  const lit = new Set(inside.filter((/** @type {any} */ lane) => lane.group >= 0).map((/** @type {any} */ lane) => lane.junction));
  /** @type {Map<number, number[][]>} */
  const corners = new Map([...lit].map((junction) => [junction, []]));
  for (const lane of inside) corners.get(lane.junction)?.push(...lane.left, ...lane.right);
  for (const points of corners.values()) {
    const hull = convexHull(points);
    for (let k = 1; k + 1 < hull.length; k++) {
      sheet.triangle(hull[0], hull[k], hull[k + 1]);
    }
  }
  return sheet.mesh(colour, ORDER.hull);
}

/** Andrew's monotone chain, counter-clockwise. @param {number[][]} points */
function convexHull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (/** @type {number[][]} */ list) => {
    /** @type {number[][]} */
    const chain = [];
    for (const p of list) {
      while (chain.length > 1) {
        const [a, b] = chain.slice(-2);
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}
