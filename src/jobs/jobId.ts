/** `nb:jid:UUID:<guid>`, as the entity reference gives it; the hex digits of the guid are lower case in recorded traffic. */
const jobIdPattern = /^nb:jid:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** The key of a `Jobs('…')` URL, or the literal of a `$filter=Id eq '…'`. Applied to decoded text. */
const quotedIdPattern = /\bjobs\('(?<key>[^']{1,80})'\)|\b(?:id eq |jobid=)'(?<literal>[^']{1,80})'/i;

/** Longer input is no job id and no URL of one. */
const maxInputLength = 4096;

/**
 * Finds the job id in what a person pasted: the id itself (in any case, quoted, percent-encoded, with white space
 * around it), or a URL of the v2 REST API that names one job (`…/Jobs('…')…`, `…/Jobs()?$filter=Id eq '…'`).
 * @returns the id in its canonical form `nb:jid:UUID:<lower-case guid>`, or `null` where there is none.
 */
export function parseJobId(text: string): string | null {
  if (text.length > maxInputLength) {
    return null;
  }
  const decoded = decode(text).trim();
  const { key, literal } = quotedIdPattern.exec(decoded)?.groups ?? {};
  return canonical(unquote(decoded)) ?? canonical(key ?? literal ?? '');
}

function canonical(text: string): string | null {
  const guid = jobIdPattern.exec(text)?.[1];
  return guid === undefined ? null : jobIdOf(guid);
}

/** The id of a job in its canonical form, by its guid in any case. */
export function jobIdOf(guid: string): string {
  return `nb:jid:UUID:${guid.toLowerCase()}`;
}

function unquote(text: string): string {
  const inner = /^(["'`])(.*)\1$/.exec(text)?.[2];
  return (inner ?? text).trim();
}

/** Percent-decodes, and takes `+` between words for the space it stands for in a query. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
