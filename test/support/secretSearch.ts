import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A value that must be nowhere, by a name that a message may hold. */
export interface Planted {
  readonly name: string;
  readonly value: string;
}

/** A place that was looked into, and the secret that was in it. */
export interface Find {
  readonly place: string;
  readonly secret: string;
}

/** A part of a secret that is this long tells too much of it. */
const pieceLength = 24;

/**
 * Looks for secrets in texts, in whatever form they may have got there: plain, percent-encoded, as in forms, in JSON,
 * base64 and base64url at any offset, hexadecimal, and in pieces.
 */
export class SecretSearch {
  readonly #needles: readonly { readonly name: string; readonly needle: string }[];

  /** @param common texts that are no secrets; pieces that are in one of them as well tell nothing of a secret */
  constructor(planted: readonly Planted[], common: readonly string[] = []) {
    const isTelling = (piece: string): boolean => !common.some((text) => text.includes(piece));
    this.#needles = planted.flatMap(({ name, value }) =>
      [...new Set([...formsOf(value), ...piecesOf(value).filter(isTelling)])].map((needle) => ({ name, needle })),
    );
  }

  /** How many forms are looked for. */
  get forms(): number {
    return this.#needles.length;
  }

  in(place: string, text: string): Find[] {
    const names = this.#needles.filter(({ needle }) => text.includes(needle)).map(({ name }) => name);
    return [...new Set(names)].map((secret) => ({ place, secret }));
  }

  /** Looks into every file below a folder, and at its name. */
  async inFolder(folder: string): Promise<{ readonly finds: Find[]; readonly files: number; readonly bytes: number }> {
    const finds: Find[] = [];
    let files = 0;
    let bytes = 0;
    for await (const path of filesBelow(folder)) {
      const content = await readFile(path, 'latin1').catch(() => '');
      files++;
      bytes += content.length;
      // Byte by byte, so that a database is a text as well; names and values of ours are ASCII.
      finds.push(...this.in(path, path), ...this.in(path, content), ...this.in(path, content.replaceAll('\0', '')));
    }
    return { finds, files, bytes };
  }
}

/** What is there; a running VS Code removes folders meanwhile. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* filesBelow(path);
    } else if (entry.isFile()) {
      yield path;
    }
  }
}

function formsOf(value: string): string[] {
  if (value.length < 8) {
    throw new Error('A value this short would be found by chance.');
  }
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // What depends on neighbours is left out at both ends.
    const inner = shifted.slice(offset === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    ...[value, encodeURIComponent(value), encodeURIComponent(encodeURIComponent(value))],
    new URLSearchParams({ v: value }).toString().slice(2),
    ...[JSON.stringify(value).slice(1, -1), JSON.stringify(JSON.stringify(value)).slice(3, -3)],
    ...base64.filter((form) => form.length >= 8),
    bytes.toString('hex'),
  ];
}

function piecesOf(value: string): string[] {
  return Array.from({ length: Math.floor(value.length / pieceLength) }, (_, index) =>
    value.slice(index * pieceLength, (index + 1) * pieceLength),
  );
}
