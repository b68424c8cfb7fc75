// Low-poly shapes of road users. Length and width are 1 and scaled for each; heights are metres; x is forward, z up.
import * as THREE from "three";

/** @typedef {{geometry: THREE.BufferGeometry, colour: string}} Part */

/** Join parts into one geometry with a colour at each vertex. @param {Part[]} parts @param {(name: string) => THREE.Color} colourOf */
function joined(parts, colourOf) {
  const positions = [], normals = [], colours = [];
  for (const { geometry, colour } of parts) {
    const flat = geometry.index ? geometry.toNonIndexed() : geometry;
    flat.computeVertexNormals();
    const { r, g, b } = colourOf(colour);
    positions.push(...flat.attributes.position.array);
    normals.push(...flat.attributes.normal.array);
    for (let k = 0; k < flat.attributes.position.count; k++) colours.push(r, g, b);
  }
  const all = new THREE.BufferGeometry();
  all.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  all.setAttribute("normal", new THREE.Float32BufferAttribute(normals, 3));
  all.setAttribute("color", new THREE.Float32BufferAttribute(colours, 3));
  return all;
}

/** A side view, pulled out to a width. @param {number[][]} outline x, z @param {number} width */
function profile(outline, width) {
  const shape = new THREE.Shape(outline.map(([x, z]) => new THREE.Vector2(x, z)));
  const geometry = new THREE.ExtrudeGeometry(shape, { depth: width, bevelEnabled: false });
  return geometry.translate(0, 0, -width / 2).rotateX(Math.PI / 2);
}

/** @param {number[]} size x, y, z @param {number[]} at centre */
function box(size, at) {
  return new THREE.BoxGeometry(size[0], size[1], size[2]).translate(at[0], at[1], at[2]);
}

/** @param {number} radiusX in lengths @param {number} radius metres */
function wheels(radiusX, radius, width = 0.16) {
  const found = [];
  for (const x of [-0.31, 0.31])
    for (const y of [-0.46, 0.46]) {
      const wheel = new THREE.CylinderGeometry(1, 1, width, 10).scale(radiusX, 1, radius).translate(x, y, radius);
      found.push({ geometry: wheel, colour: "glass" });
    }
  return found;
}

/** @param {string} body */
function car(body, glass = "glass") {
  return [
    { geometry: profile([[-0.5, 0.28], [-0.5, 0.8], [-0.46, 0.92], [0.26, 0.88], [0.47, 0.7], [0.5, 0.55], [0.5, 0.28]], 1), colour: body },
    { geometry: profile([[-0.45, 0.9], [-0.31, 1.36], [0.03, 1.4], [0.26, 0.87]], 0.86), colour: glass },
    { geometry: profile([[-0.32, 1.34], [-0.3, 1.42], [0.03, 1.45], [0.06, 1.36]], 0.84), colour: body },
    ...wheels(0.07, 0.33),
  ];
}

/** @param {string} frame @param {number} wheelX */
function twoWheeler(frame, wheelX, isHeavy = false) {
  const wheel = (/** @type {number} */ x) => ({
    geometry: new THREE.CylinderGeometry(1, 1, 0.14, 10).scale(wheelX, 1, 0.32).translate(x, 0, 0.32),
    colour: "glass",
  });
  return [
    wheel(-0.33),
    wheel(0.33),
    { geometry: box([0.6, isHeavy ? 0.5 : 0.18, isHeavy ? 0.34 : 0.14], [-0.02, 0, 0.58]), colour: frame },
    { geometry: box([0.06, 0.9, 0.06], [0.24, 0, 1.02]), colour: frame },
    { geometry: box([0.2, 0.62, 0.62], [-0.1, 0, 1.06]), colour: frame },
    { geometry: new THREE.SphereGeometry(1, 8, 6).scale(0.085, 0.22, 0.15).translate(-0.06, 0, 1.54), colour: "rider" },
  ];
}

/** What each class looks like. @type {Record<string, () => Part[]>} */
const SHAPES = {
  ego: () => car("ego", "ego-glass"),
  car: () => car("car"),
  truck: () => [
    { geometry: box([0.66, 1, 2.3], [-0.17, 0, 1.6]), colour: "truck" },
    { geometry: profile([[0.19, 0.4], [0.19, 2.3], [0.42, 2.3], [0.5, 1.5], [0.5, 0.4]], 0.94), colour: "car" },
    { geometry: profile([[0.4, 1.45], [0.4, 2.1], [0.435, 2.1], [0.505, 1.45]], 0.85), colour: "glass" },
    ...wheels(0.055, 0.46),
  ],
  bus: () => [
    { geometry: box([1, 1, 2.6], [0, 0, 1.65]), colour: "bus" },
    { geometry: box([0.9, 1.01, 0.85], [-0.01, 0, 2.05]), colour: "glass" },
    { geometry: box([0.02, 0.9, 1.3], [0.495, 0, 1.9]), colour: "glass" },
    ...wheels(0.042, 0.46),
  ],
  motorcycle: () => twoWheeler("motorcycle", 0.16, true),
  ebike: () => twoWheeler("ebike", 0.15, true),
  bicycle: () => twoWheeler("bicycle", 0.19),
  tricycle: () => [
    ...twoWheeler("tricycle", 0.12),
    { geometry: box([0.45, 1, 0.5], [-0.27, 0, 0.75]), colour: "tricycle" },
  ],
  pedestrian: () => [
    { geometry: box([0.5, 0.35, 0.8], [0, 0.2, 0.4]), colour: "glass" },
    { geometry: box([0.5, 0.35, 0.8], [0, -0.2, 0.4]), colour: "glass" },
    { geometry: box([0.6, 1, 0.64], [0, 0, 1.1]), colour: "pedestrian" },
    { geometry: new THREE.SphereGeometry(1, 8, 6).scale(0.26, 0.26, 0.15).translate(0, 0, 1.58), colour: "rider" },
  ],
  object: () => [{ geometry: box([1, 1, 0.8], [0, 0, 0.4]), colour: "object" }],
};

export const CLASSES = Object.keys(SHAPES);

/** @param {string} name @param {(name: string) => THREE.Color} colourOf */
export function shapeOf(name, colourOf) {
  return joined((SHAPES[name] ?? SHAPES.object)(), colourOf);
}
