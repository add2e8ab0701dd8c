import { type ErrorFormat, type Format, minimalJson, verboseJson, xmlErrors } from './format.ts';

/**
 * The form that an Accept header asks for, null where none of its media types is served. A missing header and any type
 * get minimal JSON.
 */
export function negotiate(accept: string | undefined): Format | null {
  if (accept === undefined || accept.trim() === '') {
    return minimalJson;
  }
  const ranges = accept.split(',').map(readRange);
  // A stable sort: among equals the first counts.
  ranges.sort((left, right) => right.quality - left.quality);
  for (const range of ranges) {
    const format = range.quality > 0 ? formatOf(range) : null;
    if (format) {
      return format;
    }
  }
  return null;
}

/** The form of a refusal: XML only where the client asks for Atom or XML and no JSON of the service's. */
export function errorFormat(accept: string | undefined): ErrorFormat {
  const wantsXml = /\bapplication\/(?:atom\+)?xml\b|\btext\/xml\b/i.test(accept ?? '');
  return negotiate(accept) ?? (wantsXml ? xmlErrors : minimalJson);
}

interface MediaRange {
  readonly type: string;
  readonly odata: string | undefined;
  readonly quality: number;
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const find = (name: string) => parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const quality = Number.parseFloat(find('q') ?? '1');
  return { type, odata: find('odata'), quality: Number.isNaN(quality) ? 0 : quality };
}

function formatOf({ type, odata }: MediaRange): Format | null {
  if (type === '*/*' || type === 'application/*') {
    return minimalJson;
  }
  if (type !== 'application/json') {
    return null;
  }
  switch (odata) {
    case undefined:
    case 'minimalmetadata':
      return minimalJson;
    case 'verbose':
      return verboseJson;
    default:
      return null;
  }
}
