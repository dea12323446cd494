// Pictures to upload, made here: PNG as ISO/IEC 15948 has it, 8 bits a channel, RGB.

import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** A sky of one hue (degrees) with a sun in it, as a file for `setInputFiles`. With `noise` it does not compress. */
export function picture({ width = 480, height = 600, hue = 20, noise = false } = {}) {
  const row = width * 3 + 1;
  const pixels = noise ? randomBytes(row * height) : Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    pixels[y * row] = 0;
    for (let x = 0; x < width && !noise; x += 1) {
      const sun = Math.hypot(x - width / 2, y - height * 0.4) < width / 4;
      const light = sun ? 0.85 : 0.3 + (0.4 * y) / height;
      for (const channel of [0, 1, 2]) {
        const wave = Math.cos(((hue - channel * 120) * Math.PI) / 180);
        pixels[y * row + 1 + x * 3 + channel] = 255 * Math.min(1, light + 0.15 * wave);
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
  return { name: 'picture.png', mimeType: 'image/png', buffer };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

// Node's own came with 20.15.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
