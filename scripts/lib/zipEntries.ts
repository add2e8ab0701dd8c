const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/** The names in a zip archive, as its central directory has them (no comment at its end, less than 65,535 entries). */
export function zipEntries(archive: Buffer): string[] {
  const end = archive.length - 22;
  if (end < 0 || archive.readUInt32LE(end) !== endOfDirectory) {
    throw new Error('Not a zip archive that this can read.');
  }
  const names: string[] = [];
  let position = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(position) !== directoryEntry) {
      throw new Error('The directory of the zip archive is damaged.');
    }
    const nameLength = archive.readUInt16LE(position + 28);
    names.push(archive.toString('utf8', position + 46, position + 46 + nameLength));
    position += 46 + nameLength + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return names;
}
