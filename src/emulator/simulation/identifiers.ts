import { Random } from './random.ts';

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Most tasks a job can have (reference: MS docs "Quotas and limitations", fixed). */
export const mostTasksPerJob = 30;

export type IdKind = 'jid' | 'tid' | 'cid' | 'mpid' | 'jtid' | 'nepid';

/** `nb:jid:UUID:…`; the forms are in MS docs "Identify Azure Media Services entities". */
export function toId(kind: IdKind, guid: string): string {
  return `nb:${kind}:UUID:${guid}`;
}

/** Whether a text is a bare GUID, in any case. */
export function isGuidText(text: string): boolean {
  return guidPattern.test(text.toLowerCase());
}

/** The GUID in lower case, or null where the text is no id of that kind. */
export function guidOf(kind: IdKind, id: string): string | null {
  const prefix = toId(kind, '');
  const guid = id.slice(prefix.length).toLowerCase();
  return id.startsWith(prefix) && guidPattern.test(guid) ? guid : null;
}

/**
 * A task's GUID is its job's with a mask for its position laid over, and so is the way back: a task is found by its
 * id without an index over the tasks of 50,000 jobs.
 */
export function maskForTask(guid: string, position: number): string {
  return maskGuid(guid, new Random(0, 'task', position).guid());
}

/** Lays a mask over a GUID; doing it again takes it off. */
export function maskGuid(guid: string, mask: string): string {
  return Array.from(guid, (digit, index) => {
    // The dashes, and the two digits that say which version and variant of GUID it is.
    if (digit === '-' || index === 14 || index === 19) {
      return digit;
    }
    return (Number.parseInt(digit, 16) ^ Number.parseInt(mask.charAt(index), 16)).toString(16);
  }).join('');
}
