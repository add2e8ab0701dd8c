/** A JSON object of the admin interface. */
export type Json = Readonly<Record<string, unknown>>;

/** A request that the admin interface refuses; the message is one plain sentence. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

/** Nothing at all is an empty object. @throws RequestError */
export function parseBody(text: string): Json {
  if (text.trim() === '') {
    return {};
  }
  try {
    return readFields(JSON.parse(text), null);
  } catch {
    throw new RequestError(400, 'The body must be a JSON object.');
  }
}

/** An object with none but these fields; null for any. @throws RequestError */
export function readFields(value: unknown, names: readonly string[] | null): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(400, 'An object is expected.');
  }
  const unknown = Object.keys(value).find((name) => names && !names.includes(name));
  if (unknown !== undefined) {
    throw new RequestError(400, `There is no field '${unknown}' here.`);
  }
  return value as Json;
}

/** Its own field, null counting as none. */
export function readField(body: Json, name: string): unknown {
  return Object.hasOwn(body, name) ? (body[name] ?? undefined) : undefined;
}

/** @throws RequestError where it is no text, or missing without a default */
export function readText(body: Json, name: string, absent?: string): string {
  const value = readField(body, name) ?? absent;
  if (typeof value !== 'string') {
    throw new RequestError(400, `'${name}' must be text.`);
  }
  return value;
}

/** Undefined where it is missing. @throws RequestError */
export function readNumber(
  body: Json,
  name: string,
  { low, high, whole = false }: { readonly low: number; readonly high: number; readonly whole?: boolean },
): number | undefined {
  const value = readField(body, name);
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'number' || !(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
    throw new RequestError(400, `'${name}' must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}.`);
  }
  return value;
}
