/**
 * The Distinguished Encoding Rules of ASN.1 (X.690), as far as certificates need them: some functions instead of a
 * package for all of ASN.1, which would be three times as large as the rest of the emulator.
 */

/** One encoded value: tag, length, content. */
export type Der = Buffer<ArrayBuffer>;

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  contextSpecific: 0x80,
  constructedContextSpecific: 0xa0,
} as const;

export function derSequence(...elements: readonly Der[]): Der {
  return encode(tags.sequence, Buffer.concat(elements));
}

/** A set of one element; more would have to be sorted. */
export function derSet(element: Der): Der {
  return encode(tags.set, element);
}

export function derBoolean(value: boolean): Der {
  return encode(tags.boolean, Buffer.from([value ? 0xff : 0]));
}

/** @param bytes a number that is not negative, its highest byte first */
export function derInteger(bytes: Uint8Array): Der {
  const firstUsed = bytes.findIndex((byte) => byte !== 0);
  const used = firstUsed < 0 ? [0] : [...bytes.subarray(firstUsed)];
  // The highest bit is the sign.
  return encode(tags.integer, Buffer.from((used[0] ?? 0) >= 0x80 ? [0, ...used] : used));
}

export function derOctetString(bytes: Uint8Array): Der {
  return encode(tags.octetString, bytes);
}

/** Whole bytes as bits. */
export function derBitString(bytes: Uint8Array): Der {
  return encode(tags.bitString, Buffer.from([0, ...bytes]));
}

/** Flags by their positions, up to eight of them; zeros behind the last one are left away. */
export function derFlags(...positions: readonly number[]): Der {
  const bits = positions.reduce((sum, position) => sum | (0x80 >> position), 0);
  return encode(tags.bitString, Buffer.from([7 - Math.max(...positions), bits]));
}

/** @param dotted like `1.2.840.10045.4.3.2` */
export function derObjectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return encode(tags.objectIdentifier, Buffer.from([first * 40 + second, ...others].flatMap(sevenBitGroups)));
}

export function derText(text: string): Der {
  return encode(tags.utf8String, Buffer.from(text, 'utf8'));
}

/** To the second, as certificates have it (RFC 5280, 4.1.2.5): two digits for a year up to 2049, four from then on. */
export function derTime(date: Date): Der {
  const digits = `${date.toISOString().replace(/[-:T]|\.\d+Z$/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? encode(tags.utcTime, Buffer.from(digits.slice(2), 'ascii'))
    : encode(tags.generalizedTime, Buffer.from(digits, 'ascii'));
}

/** Content under a number that only its place in the certificate explains, in place of its own tag. */
export function derImplicit(number: number, content: Uint8Array): Der {
  return encode(tags.contextSpecific | number, content);
}

/** A whole value under such a number. */
export function derExplicit(number: number, element: Der): Der {
  return encode(tags.constructedContextSpecific | number, element);
}

function encode(tag: number, content: Uint8Array): Der {
  const { length } = content;
  const lengthBytes = length < 0x80 ? [length] : longLength(length);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

function longLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 0x100)) {
    bytes.unshift(rest % 0x100);
  }
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits a byte; each byte but the last says that another follows. */
function sevenBitGroups(value: number): number[] {
  const groups = [value % 0x80];
  for (let rest = Math.floor(value / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    groups.unshift(0x80 | (rest % 0x80));
  }
  return groups;
}
