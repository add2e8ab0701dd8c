import upng from 'upng-js';

/** The same picture as a PNG with a palette of so many colours, at most 256. */
export function smallPng(png: Buffer, colours: number): Buffer {
  const { buffer, byteOffset, byteLength } = png;
  const image = upng.decode(new Uint8Array(buffer, byteOffset, byteLength).slice().buffer);
  return Buffer.from(upng.encode(upng.toRGBA8(image), image.width, image.height, colours));
}
