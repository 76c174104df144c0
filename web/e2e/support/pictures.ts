// Pictures for the tests, drawn here: a scene with edges, a gradient and noise, as PNG. Same seed, same bytes.
import { crc32, deflateSync } from "node:zlib";

export interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** An RGB PNG, `side` x `side`; seeds give different pictures. */
export function picture(seed: number, { side = 160, name = `scene-${seed}.png` } = {}): Upload {
  const rows = Buffer.alloc(side * (1 + 3 * side));
  let state = seed * 2_654_435_761 + 1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const noise = (state >>> 24) % 9;
      const inDisc = Math.hypot(x - side * 0.4, y - side * 0.45) < side * (0.2 + 0.02 * (seed % 5));
      const inBar = x > side * 0.7 && x < side * 0.8 && y > side * 0.2;
      const at = y * (1 + 3 * side) + 1 + 3 * x;
      const tone = 200 - Math.round((110 * y) / side) + noise;
      rows[at] = inDisc ? 205 : inBar ? 40 : tone;
      rows[at + 1] = inDisc ? 90 + (seed % 40) : inBar ? 60 : tone;
      rows[at + 2] = inDisc ? 60 : inBar ? 70 + noise : Math.min(255, tone + 30);
    }
  }
  return { name, mimeType: "image/png", buffer: png(side, side, rows) };
}

/** PNG, second edition (W3C REC-PNG-20031110): 8-bit RGB, each row led by its filter's number (0). */
function png(width: number, height: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
