// Small pictures that are all different, as PNG bytes; the same number gives the same picture.
import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A gradient between two hues, `side` x `side`, 8 bit RGB; `number` is written into its first pixels too. */
export function picture(number, side = 96) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const wave = (turn) => 128 + 100 * Math.sin(number * 0.7 + turn);
  const line = side * 3 + 1;
  const pixels = Buffer.alloc(line * side);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const at = y * line + 1 + x * 3;
      pixels[at] = wave(x / side);
      pixels[at + 1] = wave(2 + y / side);
      pixels[at + 2] = wave(4 + (x + y) / side);
    }
  }
  pixels.writeUInt32BE(number, 1);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels, { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
