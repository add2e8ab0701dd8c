import { badRequest } from './errors.ts';
import { verboseJson } from './format.ts';
import type { ApiRequest } from './request.ts';

/** Which JSON a body is in. */
export type BodyForm = 'light' | 'verbose';

export interface Payload {
  readonly form: BodyForm;
  readonly fields: Fields;
}

/** An object of a body, read field by field. */
export type Fields = Readonly<Record<string, unknown>>;

/** The one recorded error's words. */
const undefinedProperty =
  'Parsing request content failed due to: Make sure to only use property names that are defined by the type';

/**
 * A request's body. Verbose needs both Accept and Content-Type to say so, or else its `__metadata` is not understood
 * (MS docs "Job").
 *
 * @throws ODataError 400
 */
export function readPayload({ contentType = '', body, accepted }: ApiRequest): Payload {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json') {
    throw badRequest(`The Content-Type '${contentType}' is not supported for this request.`);
  }
  const isVerbose = parameters.includes('odata=verbose') && accepted === verboseJson;
  return { form: isVerbose ? 'verbose' : 'light', fields: parse(body) };
}

/** @throws ODataError 400 for a property that the type does not have, or that this form does not write so */
export function checkNames(fields: Fields, form: BodyForm, names: readonly string[]): void {
  const annotations = form === 'verbose' ? ['__metadata'] : ['odata.type', 'odata.metadata'];
  for (const name of Object.keys(fields)) {
    if (!names.includes(name) && !annotations.includes(name)) {
      throw badRequest(undefinedProperty);
    }
  }
}

/** @throws ODataError 400 where it is missing, is no text, or is too long */
export function requireText(fields: Fields, name: string, longest: number): string {
  const text = readText(fields, name, longest);
  if (text === null || text === '') {
    throw badRequest(`The property '${name}' is required.`);
  }
  return text;
}

/** Null where it is missing. @throws ODataError 400 */
export function readText(fields: Fields, name: string, longest: number): string | null {
  const value = fields[name] ?? null;
  if (value !== null && typeof value !== 'string') {
    throw badRequest(`The property '${name}' must be a string.`);
  }
  if (value !== null && value.length > longest) {
    throw badRequest(`The property '${name}' must not be longer than ${longest} characters.`);
  }
  return value;
}

/** Requests may give numbers as strings. @throws ODataError 400 */
export function readInt32(fields: Fields, name: string, absent: number): number {
  const value = fields[name] ?? absent;
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || (number | 0) !== number) {
    throw badRequest(`The property '${name}' must be an Edm.Int32.`);
  }
  return number;
}

/** Requests may give booleans as strings. @throws ODataError 400 */
export function readBoolean(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (value === true || value === 'true') {
    return true;
  }
  if (value === false || value === 'false') {
    return false;
  }
  throw badRequest(`The property '${name}' must be an Edm.Boolean.`);
}

/** A list of objects, bare or in verbose `results`; empty where it is missing. @throws ODataError 400 */
export function readObjects(fields: Fields, name: string, form: BodyForm): Fields[] {
  const value = fields[name] ?? [];
  const list: unknown = form === 'verbose' && isFields(value) ? value['results'] : value;
  if (!Array.isArray(list) || !list.every(isFields)) {
    throw badRequest(`The property '${name}' must be a list of objects.`);
  }
  return list;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
    if (isFields(value)) {
      return value;
    }
  } catch {
    // Told like any other body that is none.
  }
  throw badRequest('Parsing request content failed due to: the body must be a JSON object.');
}
