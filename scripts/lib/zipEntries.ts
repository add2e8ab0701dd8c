const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

export interface ZipEntry {
  readonly name: string;
  /** How much of the archive it takes, compressed. */
  readonly zippedBytes: number;
}

/** What a zip archive holds, as its central directory has it (no comment at its end, less than 65,535 entries). */
export function zipEntries(archive: Buffer): ZipEntry[] {
  const end = archive.length - 22;
  if (end < 0 || archive.readUInt32LE(end) !== endOfDirectory) {
    throw new Error('Not a zip archive that this can read.');
  }
  const entries: ZipEntry[] = [];
  let position = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(position) !== directoryEntry) {
      throw new Error('The directory of the zip archive is damaged.');
    }
    const nameLength = archive.readUInt16LE(position + 28);
    entries.push({
      name: archive.toString('utf8', position + 46, position + 46 + nameLength),
      zippedBytes: archive.readUInt32LE(position + 20),
    });
    position += 46 + nameLength + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return entries;
}
