import { guidOf, type IdKind, isGuidText, toId } from '../simulation/identifiers.ts';
import { badRequest, notFound } from './errors.ts';

/** The sets below the API root, each with the kind of its keys. */
const keyKinds = {
  Jobs: 'jid',
  Tasks: 'tid',
  Assets: 'cid',
  MediaProcessors: 'mpid',
  /** A bare GUID: `EncodingReservedUnitTypes(guid'…')`. */
  EncodingReservedUnitTypes: 'guid',
} as const;

export type SetName = keyof typeof keyKinds;

/** What an address below the API root names. Ids are well-formed, but whether they exist is not looked at. */
export type Resource =
  | { readonly kind: 'serviceDocument' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'set'; readonly set: SetName }
  | { readonly kind: 'count'; readonly set: SetName }
  | { readonly kind: 'entity'; readonly set: SetName; readonly id: string }
  /** A property or a navigation. */
  | { readonly kind: 'member'; readonly set: SetName; readonly id: string; readonly member: string }
  | { readonly kind: 'function'; readonly name: FunctionName };

const functions = ['CancelJob', 'CreateFileInfos'] as const;

export type FunctionName = (typeof functions)[number];

const segmentPattern = /^(?<name>[A-Za-z$][A-Za-z0-9]*)(?<parentheses>\((?:(?<guid>guid)?'(?<key>(?:[^']|'')*)')?\))?$/;

interface Segment {
  readonly name: string;
  readonly key: string | undefined;
  /** Whether the key is written as a GUID. */
  readonly isGuid: boolean;
  readonly hasParentheses: boolean;
}

/**
 * Reads a path. Both `/api` and `/API` occur in Microsoft's samples, `Jobs` is the same as `Jobs()`, and a key may be
 * raw or percent-encoded.
 *
 * @throws ODataError 404 for an address that names nothing, 400 for a malformed one or a malformed id
 */
export function readPath(path: string): Resource {
  const [root, ...rest] = path.split('/').slice(1);
  if (root?.toLowerCase() !== 'api') {
    throw notFound(`Resource not found for the segment '${root ?? ''}'.`);
  }
  if (rest.at(-1) === '') {
    rest.pop();
  }
  const [first, second, third] = rest.map(readSegment);
  if (!first) {
    return { kind: 'serviceDocument' };
  }
  if (third) {
    throw notFound(`Resource not found for the segment '${third.name}'.`);
  }
  const resource = readAlone(first, second) ?? readSet(first, second);
  if (!resource) {
    throw notFound(`Resource not found for the segment '${(second ?? first).name}'.`);
  }
  return resource;
}

/** What an address names: also the `uri` of a link in a body. @throws ODataError */
export function readLink(uri: string, set: SetName): string {
  const segment = /(?:^|\/)([^/]*)$/.exec(uri)?.[1] ?? '';
  const { name, key, isGuid } = readSegment(segment);
  if (name !== set || key === undefined) {
    throw badRequest(`The link '${uri}' does not lead to an entity of ${set}.`);
  }
  return checkKey(set, key, isGuid);
}

/** @throws ODataError 400 where the text is no id of this kind */
export function checkId(kind: IdKind, id: string): string {
  const guid = guidOf(kind, id);
  if (guid === null) {
    throw badRequest(`The id '${id}' is malformed: ${toId(kind, '<guid>')} is expected.`);
  }
  return toId(kind, guid);
}

/** @throws ODataError 400 where the key is none of this set */
function checkKey(set: SetName, key: string, isGuid: boolean): string {
  const kind = keyKinds[set];
  if ((kind === 'guid') !== isGuid || (kind === 'guid' && !isGuidText(key))) {
    throw badRequest(`The key '${key}' does not match the type of the keys of ${set}.`);
  }
  return kind === 'guid' ? key.toLowerCase() : checkId(kind, key);
}

/** What stands alone, without anything after it. */
function readAlone({ name, key, hasParentheses }: Segment, child: Segment | undefined): Resource | null {
  if (child || key !== undefined) {
    return null;
  }
  if (name === '$metadata' && !hasParentheses) {
    return { kind: 'metadata' };
  }
  const called = functions.find((candidate) => candidate === name);
  return called ? { kind: 'function', name: called } : null;
}

function readSet({ name, key, isGuid }: Segment, child: Segment | undefined): Resource | null {
  if (!isSetName(name)) {
    return null;
  }
  const set = name;
  if (key === undefined) {
    if (child) {
      return child.name === '$count' && !child.hasParentheses ? { kind: 'count', set } : null;
    }
    return { kind: 'set', set };
  }
  const id = checkKey(set, key, isGuid);
  if (!child) {
    return { kind: 'entity', set, id };
  }
  return child.key === undefined ? { kind: 'member', set, id, member: child.name } : null;
}

function isSetName(name: string): name is SetName {
  return Object.hasOwn(keyKinds, name);
}

function readSegment(encoded: string): Segment {
  const groups = segmentPattern.exec(decode(encoded))?.groups;
  const { name, key, guid, parentheses } = groups ?? {};
  if (name === undefined) {
    throw badRequest(`Bad Request - Error in query syntax at the segment '${encoded}'.`);
  }
  return {
    name,
    key: key?.replaceAll("''", "'"),
    isGuid: guid !== undefined,
    hasParentheses: parentheses !== undefined,
  };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw badRequest(`The segment '${encoded}' is not properly percent-encoded.`);
  }
}
